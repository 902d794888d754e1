#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.hpp"
#include "sweep/expression.hpp"
#include "sweep/matrix_filter.hpp"

namespace specsweep::sweep {

/// One parameter and the values it takes.
struct Axis {
    std::string key;  ///< "format" or the name of a parameter
    std::vector<std::string> values;
};

/// A parameter whose value follows from the matrix: `derive: {block: "cols / 16"}`.
struct DerivedParameter {
    std::string key;
    Expression value;
};

/// One item of `quantizers` or `include`: a product of axes, for all matrices or some.
struct QuantizerEntry {
    YamlNode node;                              ///< for messages
    std::string name;                           ///< "quantizers[2]"
    std::vector<Axis> axes;                     ///< in the order of the manifest; `format` is one of them
    std::vector<std::vector<std::size_t>> zip;  ///< groups of axes (indices) that advance together
    std::vector<DerivedParameter> derive;
    std::optional<MatrixFilter> matrices;
    bool is_reference = false;  ///< the text `reference`: every matrix has that unit anyway
};

/// One point of the axes of an entry: a format and the values given to its parameters.
struct AxisPoint {
    std::string format;
    std::map<std::string, std::string> values;

    /// "format:key=value,…", keys sorted, as given.
    std::string text() const;
};

/// `int:bits=4`, or a mapping {format: …, PARAMETER: value or list, zip: […], derive: {…}, matrices: {…}}.
/// @throws UsageError with position: unknown format or key (nearest name), zipped axes of two lengths, an axis in two
///         groups, no format, and for a text everything that quantize::canonical_quantizer() refuses.
QuantizerEntry parse_quantizer_entry(const YamlNode&, std::string name, const FieldCatalogue&);

/// Number of points before and after zipping; nothing when it does not fit 64 bits.
std::optional<std::int64_t> product_size(const QuantizerEntry&);
std::optional<std::int64_t> zipped_size(const QuantizerEntry&);

/// All points, the last axis fastest; a zipped group counts at the place of its first axis.
/// @pre zipped_size() is small enough to hold
std::vector<AxisPoint> points(const QuantizerEntry&);

}  // namespace specsweep::sweep
