#pragma once

#include "base/json_forward.hpp"
#include "checkpoint/matrix.hpp"

namespace specsweep::checkpoint {

/// What `inspect --json` prints (interface.md §1): model_type, matrices, aliases, skipped. A slice "" is the whole
/// tensor.
Json inventory_json(const Inventory& inventory);

}  // namespace specsweep::checkpoint
