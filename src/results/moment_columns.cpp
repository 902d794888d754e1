#include "results/moment_columns.hpp"

#include <bit>
#include <limits>
#include <type_traits>

#include "results/describe.hpp"
#include "results/layout.hpp"
#include "results/moment_list.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t no_count = -1;

template <class T, class Member>
std::vector<T> member_of(const std::vector<Moments>& all, Member member)
{
    std::vector<T> values;
    values.reserve(all.size());
    for (const Moments& moments : all)
        values.push_back(moments.*member);
    return values;
}

}  // namespace

/// @param create the column of a path, for a value of its type that it may be filled with
template <class Create>
MomentColumns MomentColumns::create_with(hdf5::File& file, Create create)
{
    MomentColumns made;
    file.create_group(layout::moments::group);
    for (const RealMoment& moment : real_moments()) {
        made.real_.push_back(create(moment.path, nan));
        describe(file, moment.path, moment.unit, moment.summary);
    }
    for (const CountMoment& moment : count_moments()) {
        made.counts_.push_back(create(moment.path, no_count));
        describe(file, moment.path, "1", moment.summary);
    }
    return made;
}

MomentColumns MomentColumns::create(hdf5::File& file, std::int64_t units)
{
    return create_with(file, [&](std::string_view path, auto fill) {
        return hdf5::Column<decltype(fill)>::create(file, path, units, fill);
    });
}

MomentColumns MomentColumns::create_unfilled(hdf5::File& file, std::int64_t units)
{
    return create_with(file, [&](std::string_view path, auto fill) {
        return hdf5::Column<decltype(fill)>::create_unfilled(file, path, units);
    });
}

MomentColumns MomentColumns::open(const hdf5::File& file, std::int64_t units, std::int64_t format_version)
{
    MomentColumns found;
    const auto open = [&](auto& columns, const auto& moment, auto type) {
        if (moment.since > format_version)
            return;
        columns.push_back(hdf5::Column<decltype(type)>::open(file, moment.path));
        require_length(columns.back(), static_cast<std::size_t>(units), file);
    };
    for (const RealMoment& moment : real_moments())
        open(found.real_, moment, double{});
    for (const CountMoment& moment : count_moments())
        open(found.counts_, moment, std::int64_t{});
    return found;
}

void MomentColumns::write(std::int64_t row, const Moments& moments, Ground ground)
{
    const auto is_there = [&](auto value, auto fill) {
        return ground == Ground::fresh && std::bit_cast<std::int64_t>(value) == std::bit_cast<std::int64_t>(fill);
    };
    for (std::size_t i = 0; i < real_.size(); ++i)
        if (const double value = moments.*real_moments()[i].member; !is_there(value, nan))
            real_[i].write(row, value);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        if (const std::int64_t value = moments.*count_moments()[i].member; !is_there(value, no_count))
            counts_[i].write(row, value);
}

Moments MomentColumns::read(std::int64_t row) const
{
    Moments moments;
    for (std::size_t i = 0; i < real_.size(); ++i)
        moments.*real_moments()[i].member = real_[i].read(row);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        moments.*count_moments()[i].member = counts_[i].read(row);
    return moments;
}

void MomentColumns::write_rows(std::int64_t first, const std::vector<Moments>& rows)
{
    for (std::size_t i = 0; i < real_.size(); ++i)
        real_[i].write(first, member_of<double>(rows, real_moments()[i].member));
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i].write(first, member_of<std::int64_t>(rows, count_moments()[i].member));
}

std::vector<Moments> MomentColumns::read_rows(std::int64_t first, std::int64_t count) const
{
    std::vector<Moments> rows(static_cast<std::size_t>(count));
    const auto fill = [&](const auto& column, auto member) {
        std::vector<std::decay_t<decltype(rows.front().*member)>> values(rows.size());
        column.read(first, values);
        for (std::size_t i = 0; i < rows.size(); ++i)
            rows[i].*member = values[i];
    };
    for (std::size_t i = 0; i < real_.size(); ++i)
        fill(real_[i], real_moments()[i].member);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        fill(counts_[i], count_moments()[i].member);
    return rows;
}

}  // namespace specsweep::results
