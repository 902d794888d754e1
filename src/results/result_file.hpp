#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5/file.hpp"
#include "results/contents.hpp"
#include "results/rare_columns.hpp"
#include "results/spectrum_columns.hpp"
#include "results/unit_columns.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// A shard file or an aggregate, open for reading on one rank. Everything but the spectra is held in memory; every
/// length, index and type was checked when it was opened. Safe beside a run that writes.
class ResultFile {
public:
    /// @throws IoError: missing, no permission;  InputError: not a result file, damaged
    static ResultFile open(const std::filesystem::path&);
    /// The same of a file that is open for reading.
    explicit ResultFile(hdf5::File&&);
    /// @param contents what read_contents() gave of it
    ResultFile(hdf5::File&&, Contents&& contents);

    const std::filesystem::path& path() const { return file_.path(); }
    const Contents& contents() const { return contents_; }
    const Header& header() const { return contents_.header; }
    std::int64_t size() const { return static_cast<std::int64_t>(contents_.units.size()); }
    const UnitColumns& columns() const { return columns_; }
    UnitState state(std::int64_t row) const { return columns_.state(row); }

    /// Everything but timing; a pending unit has no spectrum. The reason of a done unit is that of derived columns.
    UnitResult read(std::int64_t row) const;
    /// The same without the spectrum; where that stands is in contents().
    UnitResult read_without_spectrum(std::int64_t row) const;
    const SpectrumColumns& spectra() const { return spectra_; }
    /// Whether the stored CRC is that of what the row holds. @pre not pending
    bool crc_holds(std::int64_t row, const UnitResult& held) const
    {
        return crc_holds(row, held, held.sigma, held.error);
    }
    bool crc_holds(std::int64_t row, const UnitResult& without_spectrum, std::span<const double> sigma,
                   std::span<const double> error) const;
    /// Whether the tables are what the plan wrote (static_crc).
    bool tables_intact() const;

    /// A derived column of an aggregate, by its name without group; nothing where the file has none.
    std::optional<std::vector<double>> derived(std::string_view name) const;

    const hdf5::File& file() const { return file_; }

private:
    hdf5::File file_;
    Contents contents_;
    UnitColumns columns_;
    RareColumns rare_;
    SpectrumColumns spectra_;
};

}  // namespace specsweep::results
