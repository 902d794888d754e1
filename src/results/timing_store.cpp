#include "results/timing_store.hpp"

#include <array>
#include <limits>

#include "hdf5/attribute.hpp"
#include "results/layout.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

namespace {

struct Seconds {
    std::string_view path;
    double Timing::*member;
};
constexpr std::array all_seconds{
    Seconds{layout::timing::seconds_read, &Timing::seconds_read},
    Seconds{layout::timing::seconds_quantize, &Timing::seconds_quantize},
    Seconds{layout::timing::seconds_solve, &Timing::seconds_solve},
    Seconds{layout::timing::seconds, &Timing::seconds},
    Seconds{layout::timing::predicted_seconds, &Timing::predicted_seconds},
};

struct Count {
    std::string_view path;
    std::int32_t Timing::*member;
};
constexpr std::array all_counts{
    Count{layout::timing::rank, &Timing::rank},
    Count{layout::timing::ranks, &Timing::ranks},
    Count{layout::timing::attempt, &Timing::attempt},
};

template <class T>
std::vector<T> column_of(std::span<const Timing> timings, T Timing::*member)
{
    std::vector<T> values;
    values.reserve(timings.size());
    for (const Timing& timing : timings)
        values.push_back(timing.*member);
    return values;
}

}  // namespace

TimingStore TimingStore::create(hdf5::File& file, std::int64_t units)
{
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    TimingStore made;
    file.create_group(layout::timing::group);
    for (const Seconds& column : all_seconds) {
        made.seconds_.push_back(hdf5::Column<double>::create(file, column.path, units, nan));
        hdf5::write_attribute(file, column.path, layout::unit_attribute, "s");
    }
    for (const Count& column : all_counts)
        made.counts_.push_back(hdf5::Column<std::int32_t>::create(file, column.path, units, -1));
    made.peak_bytes_ = hdf5::Column<std::int64_t>::create(file, layout::timing::peak_bytes, units, -1);
    hdf5::write_attribute(file, layout::timing::peak_bytes, layout::unit_attribute, "B");
    return made;
}

TimingStore TimingStore::open(const hdf5::File& file, std::int64_t units)
{
    const auto rows = static_cast<std::size_t>(units);
    TimingStore found;
    for (const Seconds& column : all_seconds) {
        found.seconds_.push_back(hdf5::Column<double>::open(file, column.path));
        require_length(found.seconds_.back(), rows, file);
    }
    for (const Count& column : all_counts) {
        found.counts_.push_back(hdf5::Column<std::int32_t>::open(file, column.path));
        require_length(found.counts_.back(), rows, file);
    }
    found.peak_bytes_ = hdf5::Column<std::int64_t>::open(file, layout::timing::peak_bytes);
    require_length(found.peak_bytes_, rows, file);
    return found;
}

void TimingStore::write(std::span<const std::int64_t> rows, std::span<const Timing> timings)
{
    for (std::size_t i = 0; i < seconds_.size(); ++i)
        seconds_[i].write(rows, column_of(timings, all_seconds[i].member));
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i].write(rows, column_of(timings, all_counts[i].member));
    peak_bytes_.write(rows, column_of(timings, &Timing::peak_bytes));
}

void TimingStore::write_rows(std::int64_t first, std::span<const Timing> timings)
{
    for (std::size_t i = 0; i < seconds_.size(); ++i)
        seconds_[i].write(first, column_of(timings, all_seconds[i].member));
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i].write(first, column_of(timings, all_counts[i].member));
    peak_bytes_.write(first, column_of(timings, &Timing::peak_bytes));
}

Timing TimingStore::read(std::int64_t row) const
{
    Timing timing;
    for (std::size_t i = 0; i < seconds_.size(); ++i)
        timing.*all_seconds[i].member = seconds_[i].read(row);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        timing.*all_counts[i].member = counts_[i].read(row);
    timing.peak_bytes = peak_bytes_.read(row);
    return timing;
}

std::vector<Timing> TimingStore::read_all() const
{
    const std::vector<std::int64_t> peaks = peak_bytes_.read_all();
    std::vector<Timing> timings(peaks.size());
    const auto fill = [&](const auto& column, auto member) {
        const auto values = column.read_all();
        for (std::size_t i = 0; i < timings.size(); ++i)
            timings[i].*member = values[i];
    };
    for (std::size_t i = 0; i < seconds_.size(); ++i)
        fill(seconds_[i], all_seconds[i].member);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        fill(counts_[i], all_counts[i].member);
    for (std::size_t i = 0; i < timings.size(); ++i)
        timings[i].peak_bytes = peaks[i];
    return timings;
}

}  // namespace specsweep::results
