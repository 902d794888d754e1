#include "verdicts/unit_facts.hpp"

#include <cmath>

#include "metrics/columns.hpp"
#include "verdicts/code_bits.hpp"

namespace specsweep::verdicts {

namespace {

metrics::Value value_of(double stored)
{
    return std::isnan(stored) ? metrics::Value::undefined("not-defined") : metrics::Value(stored);
}

}  // namespace

std::optional<double> UnitFacts::levels() const
{
    return bits ? std::optional(std::ldexp(1.0, *bits)) : std::nullopt;
}

FactReader::FactReader(const results::Contents& contents, const results::UnitColumns& columns,
                       const results::DerivedColumns& derived)
    : contents_(contents), columns_(columns), derived_(derived)
{
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
