#pragma once

#include <map>
#include <string>
#include <string_view>

namespace specsweep::quantize {

/// `format` or `format:key=value,key=value`: syntax only, no knowledge of formats.
struct QuantizerText {
    std::string format;
    std::map<std::string, std::string, std::less<>> values;

    friend bool operator==(const QuantizerText&, const QuantizerText&) = default;
};

/// Blanks around names and values are ignored.
/// @throws UsageError empty name, missing '=', a key given twice; the message quotes the text.
QuantizerText parse_quantizer_text(std::string_view text);

/// Inverse of the parser: keys sorted.
std::string print_quantizer_text(const QuantizerText& parsed);

}  // namespace specsweep::quantize
