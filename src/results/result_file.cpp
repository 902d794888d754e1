#include "results/result_file.hpp"

#include "base/format.hpp"
#include "results/content_crc.hpp"
#include "results/contents_io.hpp"
#include "results/layout.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

ResultFile ResultFile::open(const std::filesystem::path& path)
{
    return ResultFile(hdf5::File::open(path, hdf5::Access::read));
}

ResultFile::ResultFile(hdf5::File&& file) : ResultFile(std::move(file), read_contents(file)) {}

ResultFile::ResultFile(hdf5::File&& file, Contents&& contents)
    : file_(std::move(file)),
      contents_(std::move(contents)),
      columns_(read_unit_columns(file_, contents_.units.size(), contents_.header.format_version)),
      rare_(RareColumns::open(file_, std::ssize(contents_.units))),
      spectra_(SpectrumColumns::open(file_))
{
}

UnitResult ResultFile::read_without_spectrum(std::int64_t row) const
{
    const auto i = static_cast<std::size_t>(row);
    UnitResult held;
    held.state = columns_.state(row);
    held.reason = columns_.reasons[i];
    if (held.state == UnitState::pending)
        return held;
    held.method = columns_.methods[i];
    held.moments = columns_.moments[i];
    held.rare = rare_.read(row);
    return held;
}

UnitResult ResultFile::read(std::int64_t row) const
{
    UnitResult held = read_without_spectrum(row);
    if (held.state == UnitState::pending)
        return held;
    const UnitRow& unit = contents_.units[static_cast<std::size_t>(row)];
    held.sigma.resize(static_cast<std::size_t>(unit.sigma_count));
    held.error.resize(static_cast<std::size_t>(unit.sigma_count));
    spectra_.read(unit.sigma_offset, held.sigma, held.error);
    return held;
}

bool ResultFile::crc_holds(std::int64_t row, const UnitResult& without_spectrum, std::span<const double> sigma,
                           std::span<const double> error) const
{
    const auto i = static_cast<std::size_t>(row);
    return columns_.crcs[i] == content_crc(contents_.units[i].id, without_spectrum.state, without_spectrum.reason,
                                           without_spectrum.method, without_spectrum.moments, without_spectrum.rare,
                                           sigma, error, header().format_version);
}

bool ResultFile::tables_intact() const
{
    return stored_static_crc(file_) == static_crc(contents_);
}

std::optional<std::vector<double>> ResultFile::derived(std::string_view name) const
{
    const std::string path = fmt::format("{}/{}", layout::units::group, name);
    if (!file_.contains(path))
        return std::nullopt;
    const auto column = hdf5::Column<double>::open(file_, path);
    require_length(column, contents_.units.size(), file_);
    return column.read_all();
}

}  // namespace specsweep::results
