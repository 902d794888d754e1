#include "results/unit_store.hpp"

#include <array>
#include <limits>

#include "base/error.hpp"
#include "base/format.hpp"
#include "hdf5/attribute.hpp"
#include "results/content_crc.hpp"
#include "results/layout.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct RealMoment {
    std::string_view path, unit, summary;
    double Moments::*member;
};
constexpr std::array real_moments{
    RealMoment{layout::moments::frobenius_squared, "weight^2", "sum of the squared elements", &Moments::frobenius_squared},
    RealMoment{layout::moments::frobenius_squared_error, "weight^2", "absolute error bound of that sum",
               &Moments::frobenius_squared_error},
    RealMoment{layout::moments::inner_product, "weight^2", "<reference, E>, E = quantized - reference",
               &Moments::inner_product},
    RealMoment{layout::moments::error_frobenius_squared, "weight^2", "sum of the squared elements of E",
               &Moments::error_frobenius_squared},
    RealMoment{layout::moments::error_max, "weight", "largest |element| of E", &Moments::error_max},
};

struct CountMoment {
    std::string_view path, summary;
    std::int64_t Moments::*member;
};
constexpr std::array count_moments{
    CountMoment{layout::moments::zeroed, "elements that became zero", &Moments::zeroed},
    CountMoment{layout::moments::clipped, "elements beyond the largest level of their block", &Moments::clipped},
};

void describe(hdf5::File& file, std::string_view path, std::string_view unit, std::string_view summary)
{
    hdf5::write_attribute(file, path, layout::unit_attribute, unit);
    hdf5::write_attribute(file, path, layout::summary_attribute, summary);
}

}  // namespace

MomentColumns MomentColumns::create(hdf5::File& file, std::int64_t units)
{
    MomentColumns made;
    file.create_group(layout::moments::group);
    for (const RealMoment& moment : real_moments) {
        made.real_.push_back(hdf5::Column<double>::create(file, moment.path, units, nan));
        describe(file, moment.path, moment.unit, moment.summary);
    }
    for (const CountMoment& moment : count_moments) {
        made.counts_.push_back(hdf5::Column<std::int64_t>::create(file, moment.path, units, -1));
        describe(file, moment.path, "1", moment.summary);
    }
    return made;
}

MomentColumns MomentColumns::open(const hdf5::File& file, std::int64_t units)
{
    MomentColumns found;
    for (const RealMoment& moment : real_moments) {
        found.real_.push_back(hdf5::Column<double>::open(file, moment.path));
        require_length(found.real_.back(), static_cast<std::size_t>(units), file);
    }
    for (const CountMoment& moment : count_moments) {
        found.counts_.push_back(hdf5::Column<std::int64_t>::open(file, moment.path));
        require_length(found.counts_.back(), static_cast<std::size_t>(units), file);
    }
    return found;
}

void MomentColumns::write(std::int64_t row, const Moments& moments)
{
    for (std::size_t i = 0; i < real_.size(); ++i)
        real_[i].write(row, moments.*real_moments[i].member);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i].write(row, moments.*count_moments[i].member);
}

Moments MomentColumns::read(std::int64_t row) const
{
    Moments moments;
    for (std::size_t i = 0; i < real_.size(); ++i)
        moments.*real_moments[i].member = real_[i].read(row);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        moments.*count_moments[i].member = counts_[i].read(row);
    return moments;
}

UnitState state_from_byte(std::uint8_t byte)
{
    return byte == 1 ? UnitState::done : byte == 2 ? UnitState::failed : UnitState::pending;
}

UnitStore UnitStore::create(hdf5::File& file, const Contents& contents, std::int64_t reason_width)
{
    const auto units = static_cast<std::int64_t>(contents.units.size());
    UnitStore made;
    made.state_ = hdf5::Column<std::uint8_t>::create(file, layout::units::state, units, 0);
    describe(file, layout::units::state, "1", "0 pending, 1 done, 2 failed");
    made.crc_ = hdf5::Column<std::uint32_t>::create(file, layout::units::content_crc, units, 0);
    made.method_ = hdf5::TextColumn::create(file, layout::units::method, units, layout::method_width);
    made.reason_ = hdf5::TextColumn::create(file, layout::units::reason, units, reason_width);
    made.moments_ = MomentColumns::create(file, units);
    file.create_group(layout::spectra::group);
    made.sigma_ = hdf5::Column<double>::create(file, layout::spectra::sigma, contents.sigma_total, nan);
    describe(file, layout::spectra::sigma, "weight", "singular values, descending; unit i: sigma_offset, sigma_count");
    made.error_ = hdf5::Column<double>::create(file, layout::spectra::error, contents.sigma_total, nan);
    describe(file, layout::spectra::error, "weight", "absolute error bound of each singular value");
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
    found.moments_ = MomentColumns::open(file, static_cast<std::int64_t>(units));
    found.sigma_ = hdf5::Column<double>::open(file, layout::spectra::sigma);
    found.error_ = hdf5::Column<double>::open(file, layout::spectra::error);
    require_length(found.sigma_, static_cast<std::size_t>(contents.sigma_total), file);
    require_length(found.error_, static_cast<std::size_t>(contents.sigma_total), file);
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
                                        contents.unit_title(rows.front()), result.sigma.size(), result.error.size(), count));
    for (const std::int64_t row : rows)
        if (state_.read(row) != 0)
            write_state(row, UnitState::pending);

    const std::vector<double> none(has_spectrum ? 0 : count, nan);
    const std::span<const double> sigma = has_spectrum ? result.sigma : none;
    const std::span<const double> error = has_spectrum ? result.error : none;
    sigma_.write(unit.sigma_offset, sigma);
    error_.write(unit.sigma_offset, error);
    const std::string method(hdf5::cut_utf8(result.method, static_cast<std::size_t>(method_.width())));
    const std::string reason(hdf5::cut_utf8(result.reason, static_cast<std::size_t>(reason_.width())));
    for (const std::int64_t row : rows) {
        moments_.write(row, result.moments);
        method_.write(row, method);
        reason_.write(row, reason);
    }
    const std::uint32_t crc = content_crc(unit.id, result.state, reason, method, result.moments, sigma, error);
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
    held.sigma.resize(static_cast<std::size_t>(unit.sigma_count));
    held.error.resize(static_cast<std::size_t>(unit.sigma_count));
    sigma_.read(unit.sigma_offset, held.sigma);
    error_.read(unit.sigma_offset, held.error);
    return held;
}

bool UnitStore::crc_holds(const Contents& contents, std::int64_t row, const UnitResult& held) const
{
    const UnitRow& unit = contents.units[static_cast<std::size_t>(row)];
    return crc_.read(row) ==
           content_crc(unit.id, held.state, held.reason, held.method, held.moments, held.sigma, held.error);
}

}  // namespace specsweep::results
