#include "checkpoint/cut.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/text.hpp"

namespace specsweep::checkpoint {
namespace {

using Size = std::optional<std::int64_t>;

/// The fused axis in numbers: `groups` times `rows[0] + rows[1] + …`.
struct Layout {
    Size groups;
    std::vector<Size> rows;
    Size group_rows;  ///< Σ rows
    Size out;         ///< groups · group_rows
};

Layout layout_of(const MatrixRule& rule, const ModelSizes& sizes)
{
    Layout layout{.groups = sizes.value(rule.groups), .rows = {}, .group_rows = 0, .out = {}};
    for (const PartRule& part : rule.parts) {
        layout.rows.push_back(sizes.value(part.rows));
        const Size& rows = layout.rows.back();
        layout.group_rows = rows && layout.group_rows ? add_if_fits(*layout.group_rows, *rows) : std::nullopt;
    }
    if (layout.groups && layout.group_rows)
        layout.out = multiply_if_fits(*layout.groups, *layout.group_rows);
    return layout;
}

std::string out_text(const MatrixRule& rule)
{
    std::vector<std::string> rows;
    for (const PartRule& part : rule.parts)
        rows.push_back(part.rows.text());
    const std::string sum = join(rows, " + ");
    return rule.groups.text() == "1" ? sum : fmt::format("{} * ({})", rule.groups.text(), sum);
}

std::string shape_text(const std::vector<std::int64_t>& shape)
{
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

/// One axis of the shape that the config asks for: value ("?" when the config does not say) and its expression.
struct Axis {
    Size value;
    std::string expression;
};

std::vector<Axis> expected_axes(const MatrixRule& rule, const Layout& layout, const ModelSizes& sizes)
{
    std::vector<Axis> axes{{layout.out, out_text(rule)}, {sizes.value(rule.in), rule.in.text()}};
    if (rule.orientation == Orientation::in_out)
        std::swap(axes[0], axes[1]);
    if (rule.stacked)
        axes.insert(axes.begin(), {sizes.value(*rule.stacked), rule.stacked->text()});
    return axes;
}

/// "hidden_size = 24, num_attention_heads = 6", each once.
std::string origins(const MatrixRule& rule, const ModelSizes& sizes)
{
    std::vector<std::string> texts{sizes.explain(rule.groups), sizes.explain(rule.in)};
    if (rule.stacked)
        texts.push_back(sizes.explain(*rule.stacked));
    for (const PartRule& part : rule.parts)
        texts.push_back(sizes.explain(part.rows));
    std::vector<std::string> once;
    for (const std::string& text : texts)
        for (const std::string& item : split(text, ','))
            if (const std::string origin(trim(item));
                !origin.empty() && std::count(once.begin(), once.end(), origin) == 0)
                once.push_back(origin);
    return join(once, ", ");
}

void check_shape(const MatrixRule& rule, const Layout& layout, const TensorLocation& tensor, const ModelSizes& sizes)
{
    const std::vector<Axis> axes = expected_axes(rule, layout, sizes);
    bool fits = tensor.shape.size() == axes.size();
    std::vector<std::string> values;
    std::vector<std::string> expressions;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        fits = fits && (!axes[i].value || *axes[i].value == tensor.shape[i]);
        values.push_back(axes[i].value ? std::to_string(*axes[i].value) : "?");
        expressions.push_back(axes[i].expression);
    }
    if (!fits)
        throw InputError(fmt::format("tensor {} has shape {}, but {} makes it [{}]", tensor.name,
                                     shape_text(tensor.shape), sizes.source(), join(values, ", ")),
                         fmt::format("[{}] with {}", join(expressions, ", "), origins(rule, sizes)),
                         "one of the two is of another model");
    const bool cut_is_known = layout.groups && layout.group_rows;
    if (!cut_is_known && (rule.parts.size() > 1))
        throw InputError(fmt::format("{} does not say how tensor {} is cut", sizes.source(), tensor.name),
                         origins(rule, sizes));
}

Slice plane_slice(const MatrixRule& rule, const TensorLocation& tensor, std::int64_t expert)
{
    const std::int64_t stored_rows = tensor.shape[tensor.shape.size() - 2];
    const std::int64_t stored_cols = tensor.shape[tensor.shape.size() - 1];
    Slice slice = Slice::whole(stored_rows, stored_cols, rule.orientation);
    slice.first_element = checked_multiply(expert, checked_multiply(stored_rows, stored_cols));
    return slice;
}

Slice part_slice(Slice slice, const Layout& layout, std::size_t part)
{
    if (layout.rows.size() == 1)
        return slice;
    const std::int64_t rows = *layout.rows[part];
    slice.first = 0;
    for (std::size_t before = 0; before < part; ++before)
        slice.first += *layout.rows[before];
    slice.rows = *layout.groups * rows;
    if (rows == 1) {  // alternating rows: one group with a step
        slice.group_rows = slice.rows;
        slice.step = *layout.group_rows;
        slice.group_stride = slice.rows * slice.step;
    } else {
        slice.group_rows = rows;
        slice.group_stride = *layout.group_rows;
    }
    return slice;
}

}  // namespace

std::vector<Matrix> cut(const MatrixRule& rule, const NamePattern::Match& match, const TensorLocation& tensor,
                        const ModelSizes& sizes)
{
    const Layout layout = layout_of(rule, sizes);
    check_shape(rule, layout, tensor, sizes);
    std::vector<Matrix> matrices;
    if (std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end())
        return matrices;
    const std::int64_t planes = rule.stacked ? tensor.shape[0] : 1;
    for (std::int64_t plane = 0; plane < planes; ++plane)
        for (std::size_t part = 0; part < rule.parts.size(); ++part) {
            Matrix matrix{.name = {},
                          .tensor = tensor.name,
                          .slice = part_slice(plane_slice(rule, tensor, plane), layout, part),
                          .role = rule.parts[part].role,
                          .block_index = match.block,
                          .expert = rule.stacked ? checked_cast<int>(plane) : match.expert,
                          .dtype = tensor.dtype};
            std::string& slice = matrix.slice.name;
            slice = rule.stacked ? fmt::format("expert{}", plane) : "";
            if (const std::string& name = rule.parts[part].slice; !name.empty())
                slice += (slice.empty() ? "" : ".") + name;
            matrix.name = slice.empty() ? tensor.name : tensor.name + "#" + slice;
            matrices.push_back(std::move(matrix));
        }
    return matrices;
}

}  // namespace specsweep::checkpoint
