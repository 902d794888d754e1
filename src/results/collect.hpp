#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "results/aggregate.hpp"
#include "results/contents.hpp"
#include "results/provenance_file.hpp"
#include "results/result_file.hpp"
#include "results/spectrum_columns.hpp"
#include "results/unit_columns.hpp"

namespace specsweep::results {

/// Takes the results of source files, one file after another, into the spectra and columns of an aggregate.
///
///   empty or failed here, done there    taken
///   empty here, failed there            taken
///   done in both                        identical, or within the sum of the bounds (the first is kept, counted), or a
///                                       conflict
///   CRC does not fit                    not taken, reported
class Collector {
public:
    Collector(const Contents&, SpectrumColumns&, AggregateSummary&);

    /// @throws InputError naming both files and the unit: results that disagree beyond their bounds.
    void add(const ResultFile&);

    /// Brings rows of one id to the same state; call it after the last file.
    UnitColumns finish();
    Provenance& provenance() { return provenance_; }

private:
    void take(std::size_t canonical, const UnitResult&, std::uint32_t crc);
    void compare(std::size_t canonical, const UnitResult&, const ResultFile&, std::int64_t row);
    UnitResult held(std::size_t canonical) const;

    const Contents& contents_;
    SpectrumColumns& spectra_;
    AggregateSummary& summary_;
    UnitColumns columns_;
    std::vector<std::size_t> canonical_;    ///< first row with the same id, for each row
    std::vector<std::int64_t> taken_from_;  ///< index into files_, by canonical row; −1: nothing taken
    std::vector<std::int64_t> last_seen_;   ///< the file that last had an intact result, by canonical row
    std::vector<std::filesystem::path> files_;
    Provenance provenance_;
};

}  // namespace specsweep::results
