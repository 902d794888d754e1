#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::sweep {

/// Ascending numbers ≥ 0 as text: {0, 1, 2, 5} ↔ "0-2,5"; nothing is "".
std::string print_ranges(const std::vector<std::int32_t>& ascending);

/// Nothing when the text is none that print_ranges() writes, or names a number ≥ `limit`.
std::optional<std::vector<std::int32_t>> parse_ranges(std::string_view text, std::int32_t limit);

}  // namespace specsweep::sweep
