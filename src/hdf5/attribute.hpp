#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5/file.hpp"

namespace specsweep::hdf5 {

// Scalar attributes of an object of the file ("/" is the root group). Strings are fixed-size UTF-8.

void write_attribute(File&, std::string_view object, std::string_view name, std::string_view value);
void write_attribute(File&, std::string_view object, std::string_view name, std::int64_t value);
void write_attribute(File&, std::string_view object, std::string_view name, double value);

bool has_attribute(const File&, std::string_view object, std::string_view name);

/// @throws InputError: missing, not a scalar, another type, a string above 64 KiB.
std::string read_text_attribute(const File&, std::string_view object, std::string_view name);
std::int64_t read_integer_attribute(const File&, std::string_view object, std::string_view name);
double read_real_attribute(const File&, std::string_view object, std::string_view name);

/// All scalar attributes of the root that are texts, integers or reals, by name.
std::vector<Directory::Attribute> root_attributes(const File&);

}  // namespace specsweep::hdf5
