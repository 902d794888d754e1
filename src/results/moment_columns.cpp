#include "results/moment_columns.hpp"

#include <type_traits>

#include "results/describe.hpp"
#include "results/layout.hpp"
#include "results/moment_list.hpp"
#include "results/table_io.hpp"
#include "results/transpose.hpp"

namespace specsweep::results {

namespace {

/// Columns of T, one behind the other, as transpose() fills them.
template <class T, class List>
void write_columns(std::vector<hdf5::Column<T>>& columns, const List& list, std::int64_t first,
                   std::span<const Moments* const> rows)
{
    std::vector<T> values(columns.size() * rows.size());
    transpose(rows.size(), columns.size(), std::span(values),
              [&](std::size_t row, std::size_t column) { return rows[row]->*list[column].member; });
    for (std::size_t i = 0; i < columns.size(); ++i)
        columns[i].write(first, std::span<const T>(values).subspan(i * rows.size(), rows.size()));
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
    std::vector<const Moments*> pointers;
    pointers.reserve(rows.size());
    for (const Moments& row : rows)
        pointers.push_back(&row);
    write_rows(first, pointers);
}

void MomentColumns::write_rows(std::int64_t first, std::span<const Moments* const> rows)
{
    write_columns(real_, real_moments(), first, rows);
    write_columns(counts_, count_moments(), first, rows);
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
