#pragma once

#include <span>

#include "base/builtin_text.hpp"

namespace specsweep::checkpoint {

/// The files of src/checkpoint/architectures as they were at build time.
std::span<const BuiltinText> builtin_architectures();

}  // namespace specsweep::checkpoint
