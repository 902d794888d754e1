#include "results/moment_columns.hpp"

#include <type_traits>

#include "results/describe.hpp"
#include "results/layout.hpp"
#include "results/moment_list.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

namespace {

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

MomentColumns MomentColumns::create_unfilled(hdf5::File& file, std::int64_t units)
{
    MomentColumns made;
    file.create_group(layout::moments::group);
    for (const RealMoment& moment : real_moments()) {
        made.real_.push_back(hdf5::Column<double>::create_unfilled(file, moment.path, units));
        describe(file, moment.path, moment.unit, moment.summary);
    }
    for (const CountMoment& moment : count_moments()) {
        made.counts_.push_back(hdf5::Column<std::int64_t>::create_unfilled(file, moment.path, units));
        describe(file, moment.path, "1", moment.summary);
    }
    return made;
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
