#include "results/spectrum_columns.hpp"

#include <limits>

#include "results/describe.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

SpectrumColumns SpectrumColumns::create(hdf5::File& file, std::int64_t total)
{
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    SpectrumColumns made;
    file.create_group(layout::spectra::group);
    made.sigma_ = hdf5::Column<double>::create(file, layout::spectra::sigma, total, nan);
    describe(file, layout::spectra::sigma, "weight",
             "singular values, descending; those of a unit: /units/sigma_count from /units/sigma_offset on");
    made.error_ = hdf5::Column<double>::create(file, layout::spectra::error, total, nan);
    describe(file, layout::spectra::error, "weight", "absolute error bound of each singular value");
    return made;
}

SpectrumColumns SpectrumColumns::open(const hdf5::File& file)
{
    SpectrumColumns found;
    found.sigma_ = hdf5::Column<double>::open(file, layout::spectra::sigma);
    found.error_ = hdf5::Column<double>::open(file, layout::spectra::error);
    require_length(found.error_, static_cast<std::size_t>(found.sigma_.size()), file);
    return found;
}

void SpectrumColumns::write(std::int64_t offset, std::span<const double> sigma, std::span<const double> error)
{
    sigma_.write(offset, sigma);
    error_.write(offset, error);
}

void SpectrumColumns::read(std::int64_t offset, std::span<double> sigma, std::span<double> error) const
{
    sigma_.read(offset, sigma);
    error_.read(offset, error);
}

}  // namespace specsweep::results
