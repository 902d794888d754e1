#pragma once

#include "base/json_forward.hpp"
#include "checkpoint/slice.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Where a tensor lies, for plans: {"name", "file", "offset", "bytes", "shape", "dtype"}, and "packing" where it has
/// one.
Json location_json(const TensorLocation& location);
/// @throws InputError: an unknown dtype; nlohmann's exceptions for a missing key.
TensorLocation location_from_json(const Json& json);

/// The numbers of a slice in the order of its members, after its name and orientation.
Json slice_json(const Slice& slice);
Slice slice_from_json(const Json& json);

}  // namespace specsweep::checkpoint
