#include "verdicts/unit_facts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

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

namespace {

metrics::SingleMetrics single(std::span<const double> derived)
{
    metrics::SingleMetrics result;
    for (std::size_t c = 0; c < derived.size(); ++c)
        if (const metrics::Column& column = metrics::columns()[c]; !column.is_pair())
            result.*column.single = value_of(derived[c]);
    return result;
}

metrics::PairMetrics pair(std::span<const double> derived)
{
    metrics::PairMetrics result;
    for (std::size_t c = 0; c < derived.size(); ++c)
        if (const metrics::Column& column = metrics::columns()[c]; column.is_pair())
            result.*column.pair = value_of(derived[c]);
    return result;
}

}  // namespace

FactReader::FactReader(const results::JudgedUnits& units)
    : units_(units), by_matrix_(static_cast<std::size_t>(units.size()))
{
    std::iota(by_matrix_.begin(), by_matrix_.end(), 0);
    std::stable_sort(by_matrix_.begin(), by_matrix_.end(), [&](std::int64_t a, std::int64_t b) {
        const auto left = units.place(a);
        const auto right = units.place(b);
        return std::pair(left.matrix, left.quantizer) < std::pair(right.matrix, right.quantizer);
    });
    const results::Contents& tables = units.tables();
    for (std::size_t row = 0; row < tables.quantizers.size(); ++row) {
        quantizer_row_.emplace(tables.quantizers[row], static_cast<std::int64_t>(row));
        bits_.push_back(code_bits(tables.quantizers[row]));
    }
    for (std::size_t row = 0; row < tables.matrices.size(); ++row) {
        const results::MatrixRow& matrix = tables.matrices[row];
        if (matrix.block_index >= 0)
            by_place_.emplace(std::tuple(matrix.checkpoint, matrix.block_index, matrix.expert, matrix.role),
                              static_cast<std::int64_t>(row));
        const results::CheckpointRow& checkpoint = tables.checkpoints[static_cast<std::size_t>(matrix.checkpoint)];
        if (checkpoint.step >= 0)
            by_step_[{checkpoint.id, matrix.name}].emplace(checkpoint.step, static_cast<std::int64_t>(row));
    }
}

std::optional<UnitFacts> FactReader::sibling(const UnitFacts& unit, std::string_view quantizer) const
{
    return read(units_.place(unit.row).matrix, quantizer);
}

std::optional<UnitFacts> FactReader::neighbour(const UnitFacts& unit, std::string_view role) const
{
    const results::MatrixRow& matrix = *unit.matrix;
    const auto place = by_place_.find({matrix.checkpoint, matrix.block_index, matrix.expert, std::string(role)});
    return place == by_place_.end() ? std::nullopt : read(place->second, unit.quantizer);
}

std::optional<UnitFacts> FactReader::read(std::int64_t matrix, std::string_view quantizer) const
{
    const auto row = row_of(matrix, quantizer);
    return row ? read(*row) : std::nullopt;
}

std::optional<std::int64_t> FactReader::row_of(std::int64_t matrix, std::string_view quantizer) const
{
    const auto number = quantizer_row_.find(quantizer);
    if (number == quantizer_row_.end())
        return std::nullopt;
    const std::pair wanted(matrix, number->second);
    const auto key = [&](std::int64_t row) {
        const auto place = units_.place(row);
        return std::pair(place.matrix, place.quantizer);
    };
    const auto found = std::lower_bound(by_matrix_.begin(), by_matrix_.end(), wanted,
                                        [&](std::int64_t row, const auto& value) { return key(row) < value; });
    return found == by_matrix_.end() || key(*found) != wanted ? std::nullopt : std::optional(*found);
}

std::map<std::int64_t, std::int64_t> FactReader::trajectory(const UnitFacts& unit) const
{
    std::map<std::int64_t, std::int64_t> rows;
    const auto steps = by_step_.find({unit.checkpoint->id, unit.matrix->name});
    if (steps == by_step_.end() || steps->second.rbegin()->first != unit.checkpoint->step)
        return rows;
    for (const auto& [step, matrix] : steps->second)
        if (const auto row = row_of(matrix, unit.quantizer))
            rows.emplace(step, *row);
    return rows;
}

std::optional<UnitFacts> FactReader::read(std::int64_t row) const
{
    const auto place = units_.place(row);
    if (place.reference != reference_row_) {
        const auto reference = units_.result(place.reference);
        reference_row_ = place.reference;
        reference_moments_.reset();
        if (reference.state == results::UnitState::done) {
            reference_moments_ = reference.moments;
            reference_ = single(reference.derived);
        }
    }
    const auto result = units_.result(row);
    if (result.state != results::UnitState::done || !reference_moments_)
        return std::nullopt;
    const results::Contents& tables = units_.tables();
    UnitFacts facts;
    facts.row = row;
    facts.matrix = &tables.matrices[static_cast<std::size_t>(place.matrix)];
    facts.checkpoint = &tables.checkpoints[static_cast<std::size_t>(facts.matrix->checkpoint)];
    facts.quantizer = tables.quantizers[static_cast<std::size_t>(place.quantizer)];
    facts.bits = bits_[static_cast<std::size_t>(place.quantizer)];
    facts.is_reference = place.quantizer == 0;
    facts.tolerance = tables.header.tolerance;
    facts.moments = result.moments;
    facts.reference_moments = reference_moments_;
    facts.before = reference_;
    facts.after = facts.is_reference ? reference_ : single(result.derived);
    facts.pair = pair(result.derived);
    return facts;
}

}  // namespace specsweep::verdicts
