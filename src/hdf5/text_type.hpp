#pragma once

#include <cstdint>
#include <string_view>

#include "hdf5/handle.hpp"

namespace specsweep::hdf5 {

/// Fixed-size UTF-8 string type of `width` ≥ 1 bytes, padded with zero bytes.
Handle text_type(std::int64_t width, std::string_view problem);

}  // namespace specsweep::hdf5
