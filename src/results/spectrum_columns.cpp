#include "results/spectrum_columns.hpp"

#include <limits>

#include "results/describe.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

template <class Create>
SpectrumColumns SpectrumColumns::create_with(hdf5::File& file, Create create)
{
    SpectrumColumns made;
    file.create_group(layout::spectra::group);
    made.sigma_ = create(layout::spectra::sigma);
    describe(file, layout::spectra::sigma, "weight",
             "singular values, descending; those of a unit: /units/sigma_count from /units/sigma_offset on");
    made.error_ = create(layout::spectra::error);
    describe(file, layout::spectra::error, "weight", "absolute error bound of each singular value");
    return made;
}

SpectrumColumns SpectrumColumns::create(hdf5::File& file, std::int64_t total)
{
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return create_with(file,
                       [&](std::string_view path) { return hdf5::Column<double>::create(file, path, total, nan); });
}

SpectrumColumns SpectrumColumns::create_unfilled(hdf5::File& file, std::int64_t total)
{
    return create_with(file,
                       [&](std::string_view path) { return hdf5::Column<double>::create_unfilled(file, path, total); });
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
