#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::verdicts {

/// b of the sources' 2^b: the bits of one code of a quantizer's canonical text, scales not counted. `int:bits=2,…` → 2,
/// `nvfp4` → 4, `fp:e=3,m=2` → 6. Nothing for formats without one (`bf16`, `checkpoint`, an unknown name).
std::optional<int> code_bits(std::string_view quantizer);

/// "int" of "int:bits=2".
std::string_view format_name(std::string_view quantizer);

/// The value of key in `format:key=value,…`; nothing when the key is not written.
std::optional<std::string_view> parameter(std::string_view quantizer, std::string_view key);

/// "key=value" items as written, in their order.
std::vector<std::string> parameters(std::string_view quantizer);

/// The text without that key: `int:bits=8,norm=spectral` → `int:bits=8`.
std::string without_parameter(std::string_view quantizer, std::string_view key);

}  // namespace specsweep::verdicts
