#include "results/rare_columns.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <unordered_set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/contents.hpp"
#include "results/describe.hpp"
#include "results/layout.hpp"
#include "results/moment_list.hpp"
#include "results/table_io.hpp"
#include "results/unit_index.hpp"

namespace specsweep::results {

namespace {

namespace at = layout::cosine_histogram;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int32_t no_count = -1;
constexpr auto bins = static_cast<std::int64_t>(metrics::cosine_bins);

void write_fixed_columns(hdf5::File& file, const std::vector<std::int64_t>& embeddings)
{
    file.create_group(at::group);
    const auto edges = metrics::cosine_bin_edges();
    hdf5::Column<double>::create(file, at::edges, std::ssize(edges), nan).write(0, edges);
    describe(file, at::edges, "1", "edges of the bins of cos * sqrt(cols), ascending");
    hdf5::Column<std::int64_t>::create(file, at::unit, std::ssize(embeddings), -1).write(0, embeddings);
    describe(file, at::unit, "1", "rows of /units that the histograms are of");
}

hdf5::Column<std::int32_t> create_counts(hdf5::File& file, std::string_view path, std::int64_t rows,
                                         std::string_view summary)
{
    auto column = hdf5::Column<std::int32_t>::create(file, path, rows * bins, no_count);
    describe(file, path, "1", summary);
    return column;
}

}  // namespace

RareColumns RareColumns::create(hdf5::File& file, std::int64_t units, const RareRows& rows)
{
    RareColumns made;
    if (rows.extended) {
        file.create_group(layout::extended::group);
        for (const ExtendedMoment& moment : extended_moments()) {
            made.extended_.push_back(hdf5::Column<double>::create(file, moment.path, units, nan));
            describe(file, moment.path, moment.unit, moment.summary);
        }
    }
    if (rows.embeddings.empty())
        return made;
    made.embeddings_ = rows.embeddings;
    write_fixed_columns(file, rows.embeddings);
    const std::int64_t count = std::ssize(rows.embeddings);
    made.raw_ = create_counts(file, at::raw, count, "pairs of rows in each bin, one unit after another");
    made.centred_ = create_counts(file, at::centred, count, "the same after the mean row was taken off");
    return made;
}

RareColumns RareColumns::open(const hdf5::File& file, std::int64_t units)
{
    RareColumns found;
    if (file.contains(layout::extended::group))
        for (const ExtendedMoment& moment : extended_moments()) {
            found.extended_.push_back(hdf5::Column<double>::open(file, moment.path));
            require_length(found.extended_.back(), static_cast<std::size_t>(units), file);
        }
    if (!file.contains(at::group))
        return found;
    found.embeddings_ = hdf5::Column<std::int64_t>::open(file, at::unit).read_all();
    const auto& rows = found.embeddings_;
    const bool ascending = std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end();
    if (!ascending || rows.empty() || rows.front() < 0 || rows.back() >= units)
        throw InputError(fmt::format("{} is damaged", file.path().string()),
                         fmt::format("{} does not hold rows of /units", at::unit));
    found.raw_ = hdf5::Column<std::int32_t>::open(file, at::raw);
    found.centred_ = hdf5::Column<std::int32_t>::open(file, at::centred);
    require_length(found.raw_, rows.size() * metrics::cosine_bins, file);
    require_length(found.centred_, rows.size() * metrics::cosine_bins, file);
    return found;
}

std::optional<std::int64_t> RareColumns::place(std::int64_t row) const
{
    const auto found = std::lower_bound(embeddings_.begin(), embeddings_.end(), row);
    if (found == embeddings_.end() || *found != row)
        return std::nullopt;
    return (found - embeddings_.begin()) * bins;
}

void RareColumns::write(std::int64_t row, const RareMoments& rare)
{
    static const metrics::ExtendedMoments none;
    const metrics::ExtendedMoments* const kept = kept_extended(rare);
    for (std::size_t i = 0; i < extended_.size(); ++i)
        extended_[i].write(row, (kept == nullptr ? none : *kept).*extended_moments()[i].member);
    if (const auto first = place(row)) {
        CosineHistogram counts;
        counts.raw.fill(no_count);
        counts.centred.fill(no_count);
        if (rare.cosine_histogram)
            counts = *rare.cosine_histogram;
        raw_.write(*first, counts.raw);
        centred_.write(*first, counts.centred);
    }
}

RareMoments RareColumns::read(std::int64_t row) const
{
    RareMoments rare;
    if (!extended_.empty()) {
        metrics::ExtendedMoments extended;
        for (std::size_t i = 0; i < extended_.size(); ++i)
            extended.*extended_moments()[i].member = extended_[i].read(row);
        rare.extended = std::make_shared<const metrics::ExtendedMoments>(extended);
        if (kept_extended(rare) == nullptr)
            rare.extended.reset();
    }
    if (const auto first = place(row)) {
        CosineHistogram counts;
        raw_.read(*first, counts.raw);
        centred_.read(*first, counts.centred);
        if (counts.raw.front() != no_count)
            rare.cosine_histogram = std::make_shared<const CosineHistogram>(counts);
    }
    return rare;
}

RareRows rare_rows(const Contents& contents)
{
    RareRows rows;
    rows.extended = contents.header.metrics == "extended";
    if (contents.header.metrics == "fast")
        return rows;
    const auto units = static_cast<std::int64_t>(contents.units.size());
    std::unordered_set<std::string_view> ids;
    for (std::int64_t row = 0; row < units; ++row)
        if (contents.matrix_of(row).has_angles())
            ids.insert(contents.units[static_cast<std::size_t>(row)].id);
    for (std::int64_t row = 0; row < units; ++row)
        if (ids.contains(contents.units[static_cast<std::size_t>(row)].id))
            rows.embeddings.push_back(row);
    return rows;
}

RareRows rare_rows(const UnitIndex& index)
{
    RareRows rows;
    rows.extended = index.tables().header.metrics == "extended";
    if (index.tables().header.metrics == "fast")
        return rows;
    std::unordered_set<std::int64_t> canonical;
    for (std::int64_t row = 0; row < index.size(); ++row)
        if (index.matrix_of(row).has_angles())
            canonical.insert(index[row].canonical);
    for (std::int64_t row = 0; row < index.size(); ++row)
        if (canonical.contains(index[row].canonical))
            rows.embeddings.push_back(row);
    return rows;
}

}  // namespace specsweep::results
