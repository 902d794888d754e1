#pragma once

// The one door to nlohmann/json; include it in .cpp files, `base/json_forward.hpp` in headers.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/json_forward.hpp"

namespace specsweep {

/// Strict JSON: UTF-8, no duplicate keys, nothing after the value, at most 64 levels deep.
/// @param source what messages call the text: a file name.  @throws InputError naming source and position.
Json parse_json(std::string_view text, std::string_view source);

/// Sorted keys, no blanks, shortest numbers: equal values have equal text.
std::string canonical_json(const Json& value);

}  // namespace specsweep
