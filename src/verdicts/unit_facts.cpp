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

/// Where the numbers of derived columns go.
template <class Metrics>
struct Slot {
    std::size_t column;
    metrics::Value Metrics::*member;
};

const std::vector<Slot<metrics::SingleMetrics>>& single_slots()
{
    static const auto slots = [] {
        std::vector<Slot<metrics::SingleMetrics>> found;
        for (std::size_t c = 0; c < metrics::columns().size(); ++c)
            if (!metrics::columns()[c].is_pair())
                found.push_back({c, metrics::columns()[c].single});
        return found;
    }();
    return slots;
}

const std::vector<Slot<metrics::PairMetrics>>& pair_slots()
{
    static const auto slots = [] {
        std::vector<Slot<metrics::PairMetrics>> found;
        for (std::size_t c = 0; c < metrics::columns().size(); ++c)
            if (metrics::columns()[c].is_pair())
                found.push_back({c, metrics::columns()[c].pair});
        return found;
    }();
    return slots;
}

template <class Metrics>
void fill(Metrics& metrics, const std::vector<Slot<Metrics>>& slots, std::span<const double> derived)
{
    for (const Slot<Metrics>& slot : slots)
        metrics.*slot.member = value_of(derived[slot.column]);
}

}  // namespace

FactReader::FactReader(const results::JudgedUnits& units) : units_(units)
{
    sort_by_matrix();
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
        steps_of_matrix_.push_back(nullptr);
        if (checkpoint.step < 0)
            continue;
        Steps& steps = by_step_[{checkpoint.id, matrix.name}];
        steps.emplace(checkpoint.step, static_cast<std::int64_t>(row));
        steps_of_matrix_.back() = &steps;
    }
}

void FactReader::sort_by_matrix()
{
    by_matrix_.resize(static_cast<std::size_t>(units_.size()));
    std::iota(by_matrix_.begin(), by_matrix_.end(), 0);
    const auto before = [&](std::int64_t a, std::int64_t b) {
        const auto left = units_.place(a);
        const auto right = units_.place(b);
        return std::pair(left.matrix, left.quantizer) < std::pair(right.matrix, right.quantizer);
    };
    if (!std::is_sorted(by_matrix_.begin(), by_matrix_.end(), before))  // as plans are
        std::stable_sort(by_matrix_.begin(), by_matrix_.end(), before);
    first_of_matrix_.assign(units_.tables().matrices.size() + 1, 0);
    for (const std::int64_t row : by_matrix_)
        ++first_of_matrix_[static_cast<std::size_t>(units_.place(row).matrix) + 1];
    std::partial_sum(first_of_matrix_.begin(), first_of_matrix_.end(), first_of_matrix_.begin());
}

std::optional<UnitFacts> FactReader::sibling(const UnitFacts& unit, std::string_view quantizer) const
{
    const auto row = quantizer_row_.find(quantizer);
    return row == quantizer_row_.end() ? std::nullopt : read(unit.matrix_row, row->second);
}

std::optional<UnitFacts> FactReader::neighbour(const UnitFacts& unit, std::string_view role) const
{
    const results::MatrixRow& matrix = *unit.matrix;
    const auto place = by_place_.find({matrix.checkpoint, matrix.block_index, matrix.expert, std::string(role)});
    return place == by_place_.end() ? std::nullopt : read(place->second, unit.quantizer_row);
}

std::optional<UnitFacts> FactReader::read(std::int64_t matrix, std::int64_t quantizer) const
{
    const auto row = row_of(matrix, quantizer);
    return row ? read(*row) : std::nullopt;
}

std::optional<std::int64_t> FactReader::row_of(std::int64_t matrix, std::int64_t quantizer) const
{
    const auto at = first_of_matrix_.begin() + matrix;
    const auto end = by_matrix_.begin() + at[1];
    const auto found =
        std::lower_bound(by_matrix_.begin() + at[0], end, quantizer,
                         [&](std::int64_t row, std::int64_t wanted) { return units_.place(row).quantizer < wanted; });
    return found == end || units_.place(*found).quantizer != quantizer ? std::nullopt : std::optional(*found);
}

std::map<std::int64_t, std::int64_t> FactReader::trajectory(const UnitFacts& unit) const
{
    std::map<std::int64_t, std::int64_t> rows;
    const Steps* const steps = steps_of_matrix_[static_cast<std::size_t>(unit.matrix_row)];
    if (steps == nullptr || steps->size() < 2 || steps->rbegin()->first != unit.checkpoint->step)
        return rows;
    for (const auto& [step, matrix] : *steps)
        if (const auto row = row_of(matrix, unit.quantizer_row))
            rows.emplace(step, *row);
    return rows;
}

void FactReader::remember_reference(std::int64_t row) const
{
    if (row == reference_row_)
        return;
    const auto reference = units_.result(row);
    reference_row_ = row;
    reference_moments_.reset();
    if (reference.state != results::UnitState::done)
        return;
    reference_moments_ = reference.moments;
    fill(reference_, single_slots(), reference.derived);
}

std::optional<UnitFacts> FactReader::read(std::int64_t row) const
{
    std::optional<UnitFacts> found(std::in_place);
    if (!read(row, *found))
        found.reset();
    return found;
}

bool FactReader::read(std::int64_t row, UnitFacts& facts) const
{
    const auto place = units_.place(row);
    remember_reference(place.reference);
    const auto result = units_.result(row);
    if (result.state != results::UnitState::done || !reference_moments_)
        return false;
    const results::Contents& tables = units_.tables();
    facts.row = row;
    facts.matrix_row = place.matrix;
    facts.quantizer_row = place.quantizer;
    facts.matrix = &tables.matrices[static_cast<std::size_t>(place.matrix)];
    facts.checkpoint = &tables.checkpoints[static_cast<std::size_t>(facts.matrix->checkpoint)];
    facts.quantizer = tables.quantizers[static_cast<std::size_t>(place.quantizer)];
    facts.bits = bits_[static_cast<std::size_t>(place.quantizer)];
    facts.is_reference = place.quantizer == 0;
    facts.tolerance = tables.header.tolerance;
    facts.moments = result.moments;
    if (facts.reference_row != place.reference) {
        facts.reference_row = place.reference;
        facts.reference_moments = reference_moments_;
        facts.before = reference_;
    }
    if (facts.is_reference)
        facts.after = reference_;
    else
        fill(facts.after, single_slots(), result.derived);
    fill(facts.pair, pair_slots(), result.derived);
    return true;
}

}  // namespace specsweep::verdicts
