#include "results/moment_columns.hpp"

#include <array>
#include <limits>

#include "results/describe.hpp"
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
    RealMoment{layout::moments::frobenius_squared, "weight^2", "sum of the squared elements",
               &Moments::frobenius_squared},
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

void MomentColumns::write_all(const std::vector<Moments>& all)
{
    for (std::size_t i = 0; i < real_.size(); ++i)
        real_[i].write(0, member_of<double>(all, real_moments[i].member));
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i].write(0, member_of<std::int64_t>(all, count_moments[i].member));
}

std::vector<Moments> MomentColumns::read_all() const
{
    std::vector<Moments> all(static_cast<std::size_t>(real_.front().size()));
    const auto fill = [&](const auto& values, auto member) {
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i].*member = values[i];
    };
    for (std::size_t i = 0; i < real_.size(); ++i)
        fill(real_[i].read_all(), real_moments[i].member);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        fill(counts_[i].read_all(), count_moments[i].member);
    return all;
}

}  // namespace specsweep::results
