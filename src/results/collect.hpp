#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "results/aggregate.hpp"
#include "results/provenance_file.hpp"
#include "results/rare_columns.hpp"
#include "results/record_spool.hpp"
#include "results/source_block.hpp"
#include "results/spectrum_window.hpp"
#include "results/unit_index.hpp"

namespace specsweep::results {

/// Takes the results of source files, one file after another, into the spectra and rare columns of an aggregate and
/// into records.
///
///   empty or failed here, done there    taken
///   empty here, failed there            taken
///   done in both                        identical, or within the sum of the bounds (the first is kept, counted), or a
///                                       conflict
///   CRC does not fit                    not taken, reported
///
/// Derived values are taken with a result when they fit it and the reference beside it.
class Collector {
public:
    Collector(const UnitIndex&, RecordSpool&, SpectrumColumns&, RareColumns&, AggregateSummary&);

    /// The next source; its blocks follow, in the order of its rows.
    void begin(const Source&);
    /// @throws InputError naming both files and the unit: results that disagree beyond their bounds.
    void add(const SourceBlock&);

    /// Without what is known of single units.
    Provenance& provenance() { return provenance_; }

private:
    void take_row(const SourceBlock&, std::size_t i, RecordBlock&, std::int64_t canonical);
    void take(const SourceBlock&, std::size_t i, RecordBlock&, std::int64_t canonical);
    void compare(const UnitRecord& held, std::int64_t canonical, const SourceBlock&, std::size_t i);

    const UnitIndex& index_;
    RecordSpool& spool_;
    SpectrumColumns& spectra_;
    RareColumns& rare_;
    SpectrumWriter writer_;
    AggregateSummary& summary_;
    std::vector<std::int32_t> last_seen_;  ///< the file that last had an intact result, by canonical row
    std::vector<std::filesystem::path> files_;
    std::int64_t shift_ = 0;  ///< of the source numbers of the file at hand
    Provenance provenance_;
};

}  // namespace specsweep::results
