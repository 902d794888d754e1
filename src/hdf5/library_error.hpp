#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "hdf5/handle.hpp"

namespace specsweep::hdf5 {

/// Keeps HDF5 from printing to stderr: its messages become part of our errors. Cheap, may be called often.
void silence_library();

/// The messages of HDF5's error stack from the innermost cause outwards, "cause; because of it …"; empties the stack.
std::string take_error_stack();

/// The file cannot be written or opened: exit 74.  @throws IoError(problem, HDF5's stack, suggestion)
[[noreturn]] void throw_io_error(std::string_view problem, std::string suggestion = {});

/// The file is not what it should be: exit 65.  @throws InputError(problem, HDF5's stack or `why`)
[[noreturn]] void throw_input_error(std::string_view problem, std::string why = {}, std::string suggestion = {});

/// `id` as an owned handle. @throws IoError when HDF5 refused (id < 0).
Handle owned(HandleKind kind, Id id, std::string_view problem);

/// @throws IoError when `status` is negative.
void require(int status, std::string_view problem);

}  // namespace specsweep::hdf5
