#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quantize/quantizer.hpp"
#include "quantize/quantizer_text.hpp"

namespace specsweep::quantize {

/// One row of the closed table of interface.md §2, as `specsweep formats` prints it.
struct ParameterDescription {
    std::string name;
    std::string default_value;               ///< empty: must be given
    std::string accepted;                    ///< for people: "1…8", "symmetric | asymmetric"
    bool everywhere = false;                 ///< every format takes it
    std::vector<std::string> official = {};  ///< values that the format is defined for; empty: all
};

struct FormatDescription {
    std::string name;
    std::string summary;
    std::string source;  ///< section of quantization.md and the public project
    std::vector<ParameterDescription> parameters;
};

/// All formats, in the order of interface.md.
std::span<const FormatDescription> formats();

/// Checks the text and fills in every default: "int:block=1x32" → {int, {bits=4, block=32, cast=none, …}}.
/// "reference" has no parameters.
/// @throws UsageError unknown format or parameter (with the nearest name), value not accepted, impossible combination.
QuantizerText resolve_quantizer(std::string_view text);

/// The unique text of a format: keys sorted, defaults left out. "int:bits=4,block=32" → "int:block=32".
/// @throws as resolve_quantizer().
std::string canonical_quantizer(std::string_view text);

/// "reference" gives the identity.
/// @throws as resolve_quantizer().
std::unique_ptr<const Quantizer> make_quantizer(std::string_view text);

/// What the format is not defined for and takes as an ablation ("block=1x32"); empty for everything official.
/// @throws as resolve_quantizer().
std::string unofficial_part(std::string_view text);

/// The decoded levels for a block whose scale is 1, ascending; empty where levels depend on data.
/// @throws as resolve_quantizer().
std::vector<float> level_table(std::string_view text);

}  // namespace specsweep::quantize
