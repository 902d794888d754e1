#include "results/unit_columns.hpp"

#include <algorithm>

#include "results/describe.hpp"
#include "results/moment_columns.hpp"
#include "results/moment_list.hpp"
#include "results/table_io.hpp"
#include "results/unit_store.hpp"

namespace specsweep::results {

namespace {

Moments no_moments()
{
    Moments none;
    for (const RealMoment& moment : real_moments())
        none.*moment.member = Moments::none;
    for (const CountMoment& moment : count_moments())
        none.*moment.member = -1;
    return none;
}

}  // namespace

UnitColumns::UnitColumns(std::size_t units)
    : states(units, 0), crcs(units, 0), methods(units), reasons(units), moments(units, no_moments())
{
}

UnitState UnitColumns::state(std::int64_t row) const
{
    return state_from_byte(states[static_cast<std::size_t>(row)]);
}

void write_unit_columns(hdf5::File& file, const UnitColumns& columns)
{
    const auto units = static_cast<std::int64_t>(columns.size());
    const auto width = width_of(columns.reasons, [](const std::string& text) -> std::string_view { return text; });
    hdf5::Column<std::uint8_t>::create(file, layout::units::state, units, 0).write(0, columns.states);
    describe(file, layout::units::state, "1", layout::state_summary);
    hdf5::Column<std::uint32_t>::create(file, layout::units::content_crc, units, 0).write(0, columns.crcs);
    hdf5::TextColumn::create(file, layout::units::method, units, layout::method_width).write(0, columns.methods);
    hdf5::TextColumn::create(file, layout::units::reason, units, std::max(width, layout::reason_width))
        .write(0, columns.reasons);
    MomentColumns::create(file, units).write_all(columns.moments);
}

UnitColumns read_unit_columns(const hdf5::File& file, std::size_t units, std::int64_t format_version)
{
    const auto checked = [&](auto column) {
        require_length(column, units, file);
        return column.read_all();
    };
    UnitColumns columns;
    columns.states = checked(hdf5::Column<std::uint8_t>::open(file, layout::units::state));
    columns.crcs = checked(hdf5::Column<std::uint32_t>::open(file, layout::units::content_crc));
    columns.methods = checked(hdf5::TextColumn::open(file, layout::units::method));
    columns.reasons = checked(hdf5::TextColumn::open(file, layout::units::reason));
    columns.moments = MomentColumns::open(file, static_cast<std::int64_t>(units), format_version).read_all();
    return columns;
}

}  // namespace specsweep::results
