#include "results/derive_shard.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "hdf5/text_column.hpp"
#include "metrics/columns.hpp"
#include "results/derive.hpp"
#include "results/derived_store.hpp"
#include "results/layout.hpp"
#include "results/spectrum_window.hpp"
#include "results/unit_columns.hpp"
#include "results/unit_store.hpp"

namespace specsweep::results {

namespace {

constexpr std::int64_t block_rows = 256;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class ShardDerivation {
public:
    ShardDerivation(hdf5::File& file, const Contents& contents, DerivedStore derived)
        : file_(file),
          contents_(contents),
          derived_(std::move(derived)),
          store_(UnitStore::open(file, contents)),
          reasons_(hdf5::TextColumn::open(file, layout::units::reason)),
          crcs_(hdf5::Column<std::uint32_t>::open(file, layout::units::content_crc)),
          rare_(RareColumns::open(file, std::ssize(contents.units))),
          spectra_(SpectrumColumns::open(file)),
          reader_(spectra_)
    {
    }

    /// One block of rows; a call of HDF5 a column, not a unit.
    std::int64_t derive_block(std::int64_t first, std::int64_t count)
    {
        const std::size_t columns = metrics::columns().size();
        std::vector<double> values(static_cast<std::size_t>(count) * columns);
        std::vector<std::uint32_t> stamps(static_cast<std::size_t>(count));
        derived_.read(first, values, stamps);
        UnitColumns held = read_unit_rows(file_, first, count, layout::format_version);
        std::int64_t filled = 0;
        for (std::int64_t row = first; row < first + count; ++row) {
            const auto i = static_cast<std::size_t>(row - first);
            if (held.state(static_cast<std::int64_t>(i)) != UnitState::done)
                continue;
            const auto target = std::span(values).subspan(i * columns, columns);
            if (fill(row, unit_of(row, held, i), held.crcs[i], target, stamps[i], held.reasons[i]))
                ++filled;
        }
        if (filled > 0) {
            reasons_.write(first, held.reasons);
            derived_.write(first, values, stamps);
        }
        return filled;
    }

private:
    UnitResult unit_of(std::int64_t row, const UnitColumns& held, std::size_t i)
    {
        const UnitRow& place = contents_.units[static_cast<std::size_t>(row)];
        UnitResult unit;
        unit.state = UnitState::done;
        unit.method = held.methods[i];
        unit.moments = held.moments[i];
        unit.rare = rare_.read(row);
        const SpectrumStretch stretch = reader_.read(place.sigma_offset, place.sigma_count);
        unit.sigma.assign(stretch.sigma.begin(), stretch.sigma.end());
        unit.error.assign(stretch.error.begin(), stretch.error.end());
        return unit;
    }

    /// @return whether values, stamp and reason are new
    bool fill(std::int64_t row, const UnitResult& unit, std::uint32_t crc, std::span<double> values,
              std::uint32_t& stamp, std::string& reason)
    {
        const std::int64_t reference = contents_.units[static_cast<std::size_t>(row)].reference;
        const bool alone = reference == row;
        if (!alone)
            remember_reference(reference);
        const std::uint32_t reference_crc = alone ? 0 : reference_crc_;
        if (stamp != 0 && stamp == derived_crc(crc, reference_crc, values, reason))
            return false;
        const MatrixRow& matrix = contents_.matrix_of(row);
        if (!alone && (reference_.state != UnitState::done || pair_violation(matrix, unit, reference_)))
            return false;
        const auto derived = derive(matrix, contents_.header, unit, alone ? nullptr : &reference_);
        std::string text = derived_reasons(derived, NotComputed::silent);
        const bool is_whole = std::all_of(derived.begin(), derived.end(), [](const metrics::Value& value) {
            return value.reason() != layout::not_computed;
        });
        if (!is_whole || std::ssize(text) > reasons_.width())
            return false;
        reason = std::move(text);
        std::transform(derived.begin(), derived.end(), values.begin(),
                       [](const metrics::Value& value) { return value.has_value() ? *value : nan; });
        stamp = derived_crc(crc, reference_crc, values, reason);
        return true;
    }

    /// Units of a matrix are neighbours: its reference is read once.
    void remember_reference(std::int64_t row)
    {
        if (row == reference_row_)
            return;
        reference_ = store_.read(contents_, row);
        reference_crc_ = crcs_.read(row);
        reference_row_ = row;
    }

    hdf5::File& file_;
    const Contents& contents_;
    DerivedStore derived_;
    UnitStore store_;
    hdf5::TextColumn reasons_;
    hdf5::Column<std::uint32_t> crcs_;
    RareColumns rare_;
    SpectrumColumns spectra_;
    SpectrumReader reader_;
    UnitResult reference_;
    std::uint32_t reference_crc_ = 0;
    std::int64_t reference_row_ = -1;
};

}  // namespace

std::int64_t derive_rows(hdf5::File& file, const Contents& contents, std::int64_t first, std::int64_t last)
{
    std::optional<DerivedStore> derived = DerivedStore::open(file, std::ssize(contents.units));
    if (!derived)
        return 0;
    ShardDerivation derivation(file, contents, std::move(*derived));
    std::int64_t filled = 0;
    for (; first < last; first += block_rows)
        filled += derivation.derive_block(first, std::min(block_rows, last - first));
    return filled;
}

}  // namespace specsweep::results
