#include "results/derived_columns.hpp"

#include <limits>

#include "base/format.hpp"
#include "hdf5/column.hpp"
#include "metrics/columns.hpp"
#include "results/content_crc.hpp"
#include "results/derive.hpp"
#include "results/describe.hpp"

namespace specsweep::results {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class Deriver {
public:
    Deriver(const Contents& contents, const SpectrumColumns& spectra, UnitColumns& columns)
        : contents_(contents), spectra_(spectra), columns_(columns)
    {
        derived_.values.assign(metrics::columns().size(), std::vector<double>(contents.units.size(), nan));
        derived_.computed.assign(metrics::columns().size(), false);
    }

    /// @return whether the unit is consistent with its reference.
    bool add(std::int64_t row)
    {
        if (columns_.state(row) != UnitState::done)
            return true;
        const UnitResult unit = held(row);
        const UnitResult* reference = contents_.is_reference(row) ? nullptr : &reference_of(row);
        if (reference != nullptr && reference->state == UnitState::done) {
            if (const auto violation = pair_violation(contents_.matrix_of(row), unit, *reference)) {
                fail(row, unit, *violation);
                return false;
            }
        }
        store(row, derive(contents_.matrix_of(row), contents_.header, unit, reference));
        return true;
    }

    DerivedColumns finish() { return std::move(derived_); }

private:
    UnitResult held(std::int64_t row) const
    {
        const auto i = static_cast<std::size_t>(row);
        const UnitRow& unit = contents_.units[i];
        UnitResult result;
        result.state = columns_.state(row);
        result.method = columns_.methods[i];
        result.moments = columns_.moments[i];
        result.sigma.resize(static_cast<std::size_t>(unit.sigma_count));
        result.error.resize(static_cast<std::size_t>(unit.sigma_count));
        spectra_.read(unit.sigma_offset, result.sigma, result.error);
        return result;
    }

    /// Units of a matrix are neighbours: its reference is read once.
    const UnitResult& reference_of(std::int64_t row)
    {
        const std::int64_t wanted = contents_.units[static_cast<std::size_t>(row)].reference;
        if (wanted != reference_row_) {
            reference_ = held(wanted);
            reference_row_ = wanted;
        }
        return reference_;
    }

    void fail(std::int64_t row, const UnitResult& unit, const std::string& reason)
    {
        const auto i = static_cast<std::size_t>(row);
        columns_.states[i] = static_cast<std::uint8_t>(UnitState::failed);
        columns_.reasons[i] = reason;
        columns_.crcs[i] = content_crc(contents_.units[i].id, UnitState::failed, reason, unit.method, unit.moments,
                                       unit.sigma, unit.error);
    }

    void store(std::int64_t row, const std::vector<metrics::Value>& values)
    {
        const auto i = static_cast<std::size_t>(row);
        for (std::size_t column = 0; column < values.size(); ++column) {
            if (values[column].has_value())
                derived_.values[column][i] = *values[column];
            const bool of_reference = metrics::columns()[column].is_pair() && contents_.is_reference(row);
            if (!of_reference && values[column].reason() != layout::not_computed)
                derived_.computed[column] = true;
        }
        columns_.reasons[i] = derived_reasons(values, NotComputed::silent);
    }

    const Contents& contents_;
    const SpectrumColumns& spectra_;
    UnitColumns& columns_;
    DerivedColumns derived_;
    UnitResult reference_;
    std::int64_t reference_row_ = -1;
};

}  // namespace

DerivedColumns derive_all(const Contents& contents, const SpectrumColumns& spectra, UnitColumns& columns,
                          std::vector<std::int64_t>& inconsistent)
{
    Deriver deriver(contents, spectra, columns);
    for (std::size_t row = 0; row < contents.units.size(); ++row)
        if (!deriver.add(static_cast<std::int64_t>(row)))
            inconsistent.push_back(contents.units[row].plan_row);
    return deriver.finish();
}

void write_derived_columns(hdf5::File& file, const DerivedColumns& derived)
{
    const std::span<const metrics::Column> columns = metrics::columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string path = fmt::format("{}/{}", layout::units::group, columns[i].name);
        const auto units = static_cast<std::int64_t>(derived.values[i].size());
        hdf5::Column<double>::create(file, path, units, nan).write(0, derived.values[i]);
        describe(file, path, columns[i].unit, columns[i].summary);
        if (!derived.computed[i])
            hdf5::write_attribute(file, path, layout::status_attribute, layout::not_computed);
    }
}

}  // namespace specsweep::results
