#include "verdicts/unit_facts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/columns.hpp"
#include "verdicts/code_bits.hpp"

namespace specsweep::verdicts {

namespace {

metrics::Value value_of(double stored)
{
    return std::isnan(stored) ? metrics::Value::undefined("not-defined") : metrics::Value(stored);
}

}  // namespace

double number(const metrics::Value& value)
{
    return value.has_value() ? *value : std::numeric_limits<double>::quiet_NaN();
}

double UnitFacts::weight_magnitude() const
{
    return std::max(std::abs(reference_moments->weight_min), std::abs(reference_moments->weight_max));
}

double UnitFacts::relative_error() const
{
    return number(pair.error_frobenius) / std::sqrt(number(before.frobenius_squared));
}

std::optional<double> UnitFacts::levels() const
{
    return bits ? std::optional(std::ldexp(1.0, *bits)) : std::nullopt;
}

FactReader::FactReader(const results::Contents& contents, const results::UnitColumns& columns,
                       const results::DerivedColumns& derived)
    : contents_(contents), columns_(columns), derived_(derived)
{
    for (std::size_t row = 0; row < contents.units.size(); ++row) {
        const results::UnitRow& unit = contents.units[row];
        by_matrix_.emplace(std::pair(unit.matrix, contents.quantizers[static_cast<std::size_t>(unit.quantizer)]),
                           static_cast<std::int64_t>(row));
    }
    for (std::size_t row = 0; row < contents.matrices.size(); ++row) {
        const results::MatrixRow& matrix = contents.matrices[row];
        if (matrix.block_index >= 0)
            by_place_.emplace(std::tuple(matrix.checkpoint, matrix.block_index, matrix.expert, matrix.role),
                              static_cast<std::int64_t>(row));
    }
}

std::optional<UnitFacts> FactReader::sibling(const UnitFacts& unit, std::string_view quantizer) const
{
    const std::int64_t matrix = contents_.units[static_cast<std::size_t>(unit.row)].matrix;
    const auto found = by_matrix_.find({matrix, std::string(quantizer)});
    return found == by_matrix_.end() ? std::nullopt : read(found->second);
}

std::optional<UnitFacts> FactReader::neighbour(const UnitFacts& unit, std::string_view role) const
{
    const results::MatrixRow& matrix = *unit.matrix;
    const auto place = by_place_.find({matrix.checkpoint, matrix.block_index, matrix.expert, std::string(role)});
    if (place == by_place_.end())
        return std::nullopt;
    const auto found = by_matrix_.find({place->second, std::string(unit.quantizer)});
    return found == by_matrix_.end() ? std::nullopt : read(found->second);
}

std::optional<UnitFacts> FactReader::read(std::int64_t row) const
{
    const results::UnitRow& unit = contents_.units[static_cast<std::size_t>(row)];
    if (columns_.state(row) != results::UnitState::done || columns_.state(unit.reference) != results::UnitState::done)
        return std::nullopt;
    UnitFacts facts;
    facts.row = row;
    facts.matrix = &contents_.matrix_of(row);
    facts.quantizer = contents_.quantizers[static_cast<std::size_t>(unit.quantizer)];
    facts.bits = code_bits(facts.quantizer);
    facts.is_reference = contents_.is_reference(row);
    facts.tolerance = contents_.header.tolerance;
    facts.moments = &columns_.moments[static_cast<std::size_t>(row)];
    facts.reference_moments = &columns_.moments[static_cast<std::size_t>(unit.reference)];
    facts.before = single(unit.reference);
    facts.after = single(row);
    facts.pair = pair(row);
    return facts;
}

metrics::SingleMetrics FactReader::single(std::int64_t row) const
{
    metrics::SingleMetrics result;
    for (std::size_t c = 0; c < metrics::columns().size(); ++c)
        if (const metrics::Column& column = metrics::columns()[c]; !column.is_pair())
            result.*column.single = value_of(derived_.values[c][static_cast<std::size_t>(row)]);
    return result;
}

metrics::PairMetrics FactReader::pair(std::int64_t row) const
{
    metrics::PairMetrics result;
    for (std::size_t c = 0; c < metrics::columns().size(); ++c)
        if (const metrics::Column& column = metrics::columns()[c]; column.is_pair())
            result.*column.pair = value_of(derived_.values[c][static_cast<std::size_t>(row)]);
    return result;
}

}  // namespace specsweep::verdicts
