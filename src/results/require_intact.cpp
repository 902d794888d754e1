#include "results/require_intact.hpp"

#include <optional>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/spectrum_window.hpp"

namespace specsweep::results {

void require_intact(const ResultFile& file)
{
    const std::string path = file.path().string();
    constexpr const char* way_out = "`specsweep verify` says more; aggregate its shards again";
    if (!file.tables_intact())
        throw InputError(path + " is damaged", "its tables do not fit their CRC", way_out);
    SpectrumReader reader(file.spectra());
    for (std::int64_t row = 0; row < file.size(); ++row) {
        if (file.state(row) == UnitState::pending)
            continue;
        const UnitRow& place = file.contents().units[static_cast<std::size_t>(row)];
        const SpectrumStretch spectrum = reader.read(place.sigma_offset, place.sigma_count);
        if (!file.crc_holds(row, file.read_without_spectrum(row), spectrum.sigma, spectrum.error))
            throw InputError(path + " is damaged",
                             fmt::format("the result of {} does not fit its CRC", file.contents().unit_title(row)),
                             way_out);
    }
}

void require_intact_if_readable(const std::filesystem::path& path)
{
    std::optional<ResultFile> file;
    try {
        file.emplace(ResultFile::open(path));
    } catch (const Error&) {
        return;
    }
    require_intact(*file);
}

}  // namespace specsweep::results
