#include "results/unit_columns.hpp"

#include "results/layout.hpp"
#include "results/moment_columns.hpp"
#include "results/moment_list.hpp"
#include "results/moment_table.hpp"
#include "results/table_io.hpp"
#include "results/unit_store.hpp"

namespace specsweep::results {

Moments no_moments()
{
    Moments none;
    for (const RealMoment& moment : real_moments())
        none.*moment.member = Moments::none;
    for (const CountMoment& moment : count_moments())
        none.*moment.member = -1;
    return none;
}

UnitColumns::UnitColumns(std::size_t units)
    : states(units, 0), crcs(units, 0), methods(units), reasons(units), moments(units, no_moments())
{
}

UnitState UnitColumns::state(std::int64_t row) const
{
    return state_from_byte(states[static_cast<std::size_t>(row)]);
}

UnitColumns read_unit_rows(const hdf5::File& file, std::int64_t first, std::int64_t count, std::int64_t format_version)
{
    const auto rows = static_cast<std::size_t>(count);
    UnitColumns columns;
    columns.states.resize(rows);
    columns.crcs.resize(rows);
    const auto state = hdf5::Column<std::uint8_t>::open(file, layout::units::state);
    state.read(first, columns.states);
    hdf5::Column<std::uint32_t>::open(file, layout::units::content_crc).read(first, columns.crcs);
    columns.methods = hdf5::TextColumn::open(file, layout::units::method).read(first, count);
    columns.reasons = hdf5::TextColumn::open(file, layout::units::reason).read(first, count);
    columns.moments = MomentTable::is_in(file)
                          ? MomentTable::open(file, state.size()).read_rows(first, count)
                          : MomentColumns::open(file, state.size(), format_version).read_rows(first, count);
    return columns;
}

UnitColumns read_unit_columns(const hdf5::File& file, std::size_t units, std::int64_t format_version)
{
    require_length(hdf5::Column<std::uint8_t>::open(file, layout::units::state), units, file);
    require_length(hdf5::Column<std::uint32_t>::open(file, layout::units::content_crc), units, file);
    require_length(hdf5::TextColumn::open(file, layout::units::method), units, file);
    require_length(hdf5::TextColumn::open(file, layout::units::reason), units, file);
    return read_unit_rows(file, 0, static_cast<std::int64_t>(units), format_version);
}

}  // namespace specsweep::results
