#include "results/moment_table.hpp"

#include <cmath>
#include <string>

#include "base/error.hpp"
#include "base/format.hpp"
#include "hdf5/text_column.hpp"
#include "results/describe.hpp"
#include "results/layout.hpp"
#include "results/moment_list.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

namespace {

constexpr std::int64_t no_count = -1;

std::vector<std::string> column_names()
{
    std::vector<std::string> names;
    for (const RealMoment& moment : real_moments())
        names.emplace_back(layout::name_of(moment.path));
    for (const CountMoment& moment : count_moments())
        names.emplace_back(layout::name_of(moment.path));
    return names;
}

std::int64_t column_count()
{
    return std::ssize(real_moments()) + std::ssize(count_moments());
}

Moments moments_of(std::span<const double> row)
{
    Moments moments;
    auto value = row.begin();
    for (const RealMoment& moment : real_moments())
        moments.*moment.member = *value++;
    for (const CountMoment& moment : count_moments()) {
        const double count = *value++;
        moments.*moment.member = std::isnan(count) ? no_count : static_cast<std::int64_t>(count);
    }
    return moments;
}

}  // namespace

MomentTable MomentTable::create(hdf5::File& file, std::int64_t units)
{
    file.create_group(layout::moments::group);
    write_texts(file, layout::moments::columns, column_names());
    MomentTable made;
    made.values_ = hdf5::Table::create(file, layout::moments::values, units, column_count());
    return made;
}

MomentTable MomentTable::open(const hdf5::File& file, std::int64_t units)
{
    MomentTable found;
    found.values_ = hdf5::Table::open(file, layout::moments::values);
    require_length(found.values_, static_cast<std::size_t>(units), file);
    if (found.values_.columns() != column_count() ||
        hdf5::TextColumn::open(file, layout::moments::columns).read_all() != column_names())
        throw InputError(fmt::format("{} is damaged", file.path().string()),
                         fmt::format("{} are not those of its version", layout::moments::columns));
    return found;
}

bool MomentTable::is_in(const hdf5::File& file)
{
    return file.contains(layout::moments::values);
}

void MomentTable::write(std::int64_t row, const Moments& moments)
{
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(column_count()));
    for (const RealMoment& moment : real_moments())
        values.push_back(moments.*moment.member);
    for (const CountMoment& moment : count_moments())
        values.push_back(static_cast<double>(moments.*moment.member));
    values_.write(row, values);
}

std::vector<Moments> MomentTable::read_rows(std::int64_t first, std::int64_t count) const
{
    const auto width = static_cast<std::size_t>(column_count());
    std::vector<double> values(static_cast<std::size_t>(count) * width);
    values_.read(first, values);
    std::vector<Moments> rows;
    rows.reserve(static_cast<std::size_t>(count));
    for (std::size_t at = 0; at < values.size(); at += width)
        rows.push_back(moments_of(std::span(values).subspan(at, width)));
    return rows;
}

}  // namespace specsweep::results
