#include "sweep/point_fields.hpp"

#include <algorithm>
#include <iterator>

#include "base/integer.hpp"

namespace specsweep::sweep {

namespace {

double number(std::int64_t value)
{
    return static_cast<double>(value);
}

FieldValue number_unless_none(int value)
{
    return value < 0 ? FieldValue() : FieldValue(number(value));
}

}  // namespace

void fill_matrix_fields(std::span<FieldValue> row, const PlanCheckpoint& checkpoint, const checkpoint::Matrix& matrix)
{
    const checkpoint::Slice& slice = matrix.slice;
    const FieldValue values[] = {
        std::string_view(checkpoint.id),
        checkpoint.step ? FieldValue(number(*checkpoint.step)) : FieldValue(),
        std::string_view(checkpoint.model_type),
        std::string_view(matrix.name),
        std::string_view(matrix.tensor),
        std::string_view(slice.name),
        checkpoint::name(matrix.role),
        number_unless_none(matrix.block_index),
        number_unless_none(matrix.expert),
        number(slice.rows),
        number(slice.cols),
        number(checked_multiply(slice.rows, slice.cols)),
        name(matrix.dtype),
    };
    std::copy(std::begin(values), std::end(values), row.begin());
}

void fill_quantizer_fields(std::span<FieldValue> row, const FieldCatalogue& catalogue,
                           const quantize::QuantizerText& resolved, std::string_view canonical)
{
    const auto set = [&](std::string_view field, FieldValue value) {
        if (const auto slot = catalogue.find(field))
            row[*slot] = value;
    };
    set("quantizer", canonical);
    set("format", std::string_view(resolved.format));
    for (const auto& [key, value] : resolved.values)
        set(key, parameter_value(value));
}

}  // namespace specsweep::sweep
