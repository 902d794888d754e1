#include "results/unit_store.hpp"

#include <limits>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/content_crc.hpp"
#include "results/describe.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

UnitState state_from_byte(std::uint8_t byte)
{
    return byte == 1 ? UnitState::done : byte == 2 ? UnitState::failed : UnitState::pending;
}

UnitStore UnitStore::create(hdf5::File& file, const Contents& contents)
{
    const auto units = static_cast<std::int64_t>(contents.units.size());
    UnitStore made;
    made.state_ = hdf5::Column<std::uint8_t>::create(file, layout::units::state, units, 0);
    describe(file, layout::units::state, "1", layout::state_summary);
    made.crc_ = hdf5::Column<std::uint32_t>::create(file, layout::units::content_crc, units, 0);
    made.method_ = hdf5::TextColumn::create(file, layout::units::method, units, layout::method_width);
    made.reason_ = hdf5::TextColumn::create(file, layout::units::reason, units, layout::reason_width);
    made.moments_ = MomentTable::create(file, units);
    made.rare_ = RareColumns::create(file, units, rare_rows(contents));
    made.spectra_ = SpectrumColumns::create(file, contents.sigma_total);
    return made;
}

UnitStore UnitStore::open(const hdf5::File& file, const Contents& contents)
{
    const std::size_t units = contents.units.size();
    UnitStore found;
    found.state_ = hdf5::Column<std::uint8_t>::open(file, layout::units::state);
    found.crc_ = hdf5::Column<std::uint32_t>::open(file, layout::units::content_crc);
    found.method_ = hdf5::TextColumn::open(file, layout::units::method);
    found.reason_ = hdf5::TextColumn::open(file, layout::units::reason);
    require_length(found.state_, units, file);
    require_length(found.crc_, units, file);
    require_length(found.method_, units, file);
    require_length(found.reason_, units, file);
    found.moments_ = MomentTable::open(file, static_cast<std::int64_t>(units));
    found.rare_ = RareColumns::open(file, static_cast<std::int64_t>(units));
    found.spectra_ = SpectrumColumns::open(file);
    if (found.spectra_.total() != contents.sigma_total)
        throw InputError(fmt::format("{} is damaged", file.path().string()), "its spectra have another length");
    return found;
}

std::vector<UnitState> UnitStore::read_states() const
{
    std::vector<UnitState> states;
    for (const std::uint8_t byte : state_.read_all())
        states.push_back(state_from_byte(byte));
    return states;
}

void UnitStore::write_state(std::int64_t row, UnitState state)
{
    state_.write(row, static_cast<std::uint8_t>(state));
}

void UnitStore::write(const Contents& contents, std::span<const std::int64_t> rows, const UnitResult& result)
{
    const UnitRow& unit = contents.units[static_cast<std::size_t>(rows.front())];
    const auto count = static_cast<std::size_t>(unit.sigma_count);
    const bool has_spectrum = result.sigma.size() == count && result.error.size() == count;
    if (!has_spectrum && (result.state != UnitState::failed || !result.sigma.empty() || !result.error.empty()))
        throw InternalError(fmt::format("unit {} has {} singular values and {} bounds, not {}",
                                        contents.unit_title(rows.front()), result.sigma.size(), result.error.size(),
                                        count));
    const std::vector<double> none(has_spectrum ? 0 : count, nan);
    const std::span<const double> sigma = has_spectrum ? result.sigma : none;
    const std::span<const double> error = has_spectrum ? result.error : none;
    spectra_.write(unit.sigma_offset, sigma, error);
    const std::string method(hdf5::cut_utf8(result.method, static_cast<std::size_t>(method_.width())));
    const std::string reason(hdf5::cut_utf8(result.reason, static_cast<std::size_t>(reason_.width())));
    for (const std::int64_t row : rows) {
        moments_.write(row, result.moments);
        rare_.write(row, result.rare);
        method_.write(row, method);
        reason_.write(row, reason);
    }
    const std::uint32_t crc =
        content_crc(unit.id, result.state, reason, method, result.moments, result.rare, sigma, error);
    for (const std::int64_t row : rows)
        crc_.write(row, crc);
    for (const std::int64_t row : rows)
        write_state(row, result.state);
}

UnitResult UnitStore::read(const Contents& contents, std::int64_t row) const
{
    const UnitRow& unit = contents.units[static_cast<std::size_t>(row)];
    UnitResult held;
    held.state = state_from_byte(state_.read(row));
    if (held.state == UnitState::pending)
        return held;
    held.reason = reason_.read(row);
    held.method = method_.read(row);
    held.moments = moments_.read(row);
    held.rare = rare_.read(row);
    held.sigma.resize(static_cast<std::size_t>(unit.sigma_count));
    held.error.resize(static_cast<std::size_t>(unit.sigma_count));
    spectra_.read(unit.sigma_offset, held.sigma, held.error);
    return held;
}

bool UnitStore::crc_holds(const Contents& contents, std::int64_t row, const UnitResult& held) const
{
    const UnitRow& unit = contents.units[static_cast<std::size_t>(row)];
    return crc_.read(row) ==
           content_crc(unit.id, held.state, held.reason, held.method, held.moments, held.rare, held.sigma, held.error);
}

}  // namespace specsweep::results
