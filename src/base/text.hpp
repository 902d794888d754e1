#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep {

std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view separator);

/// Shell pattern with `*` and `?` over the whole text (no path meaning: `*` matches `/` and `.`).
bool glob_match(std::string_view pattern, std::string_view text);

/// The candidate that a typing error most likely meant, if any is near enough (Damerau–Levenshtein ≤ a third of the
/// word; upper and lower case of a letter count as one).
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates);

/// "did you mean `x`?" for a near name, else "accepted: a, b, c".
std::string suggest(std::string_view word, std::span<const std::string> candidates);

std::string format_count(std::int64_t value);  ///< 1,234,567
/// "1 shard", "2 shards". @param noun takes an s in the plural
std::string counted(std::int64_t count, std::string_view noun);

/// "1 matrix", "2 matrices".
std::string counted(std::int64_t count, std::string_view noun, std::string_view plural);
std::string format_bytes(double bytes);      ///< 1.5 GB (powers of 1000)
std::string format_seconds(double seconds);  ///< 0.12 s, 3 min 05 s, 2 h 10 min

/// Shortest decimal text that reads back as the same double; "inf", "-inf", "nan".
std::string shortest_double(double value);

/// Strict: the whole text must be the number.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_double(std::string_view text);

/// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

}  // namespace specsweep
