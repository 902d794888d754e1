#pragma once

#include <cstdint>
#include <string>

#include "base/json_forward.hpp"

namespace specsweep::results {

/// Canonical JSON of at most `most` bytes: where it would be longer, the largest members give way and their names are
/// listed under "left_out". @pre `run` is an object.
std::string run_text(Json run, std::int64_t most);

}  // namespace specsweep::results
