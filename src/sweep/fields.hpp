#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace specsweep::sweep {

/// A typed value of a point. The first alternative: the point has no such field (`bits` of nvfp4, `step` of a lone
/// checkpoint). Texts are views into whatever the point owns.
using FieldValue = std::variant<std::monostate, bool, double, std::string_view>;

enum class FieldKind { number, text, number_or_text };

struct Field {
    std::string name;
    FieldKind kind = FieldKind::number_or_text;
    std::vector<std::string> accepted;  ///< the closed set of texts, where there is one
};

/// Every name that an expression may use: fields of the matrix, then of the quantizer, then what the manifest derives.
/// The position of a field is its slot in the row of values that an expression is evaluated on.
class FieldCatalogue {
public:
    /// Matrix and quantizer fields; parameters of all registered formats are among the latter.
    static FieldCatalogue builtin();

    std::optional<std::size_t> find(std::string_view name) const;
    const Field& operator[](std::size_t slot) const { return fields_[slot]; }
    std::size_t size() const { return fields_.size(); }
    std::size_t matrix_fields() const { return matrix_fields_; }  ///< slots below belong to the matrix
    std::vector<std::string> names() const;

    /// @pre no field of that name
    std::size_t add(Field field);

private:
    std::vector<Field> fields_;
    std::size_t matrix_fields_ = 0;
};

/// A parameter's text as a value: "64" and "1x64" are the number 64, everything else is text.
FieldValue parameter_value(std::string_view text);

}  // namespace specsweep::sweep
