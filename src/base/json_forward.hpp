#pragma once

#include <nlohmann/json_fwd.hpp>

namespace specsweep {

using Json = nlohmann::json;  ///< object keys are kept sorted

}  // namespace specsweep
