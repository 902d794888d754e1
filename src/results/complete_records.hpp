#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/aggregate.hpp"
#include "results/rare_columns.hpp"
#include "results/record_spool.hpp"
#include "results/spectrum_columns.hpp"
#include "results/unit_index.hpp"

namespace specsweep::results {

/// The second pass over the records, in plan order: rows of one id get the same result; done units that came without
/// derived values get them, and are held against their reference (one that fails Weyl or Mirsky becomes failed, with a
/// new CRC); and the states are counted.
class RecordCompletion {
public:
    RecordCompletion(const UnitIndex&, RecordSpool&, SpectrumColumns&, RareColumns&, AggregateSummary&);

    void run();

    /// Reasons that are too long for a record, by row.
    const std::map<std::int64_t, std::string>& long_reasons() const { return long_reasons_; }
    /// Of metrics::columns(): whether any unit has a value, or a reason other than `not-computed`.
    const std::vector<bool>& computed() const { return computed_; }

private:
    bool complete(std::int64_t row, RecordBlock&);  ///< whether the record is another now
    void copy_result(std::int64_t canonical, std::int64_t row, RecordBlock&);
    void derive_anew(std::int64_t row, RecordBlock&);
    void fail(std::int64_t row, UnitRecord&, const UnitResult&, const std::string& reason);
    void count(std::int64_t row, const UnitRecord&);
    void note_computed(bool alone);
    void clear_spectrum(std::int64_t row);
    UnitResult read(std::int64_t row, const UnitRecord&) const;
    const UnitRecord& reference_of(std::int64_t row, const RecordBlock&);

    const UnitIndex& index_;
    RecordSpool& spool_;
    SpectrumColumns& spectra_;
    RareColumns& rare_;
    AggregateSummary& summary_;
    std::map<std::int64_t, std::string> long_reasons_;
    std::vector<bool> computed_;
    bool has_single_ = false, has_pair_ = false;  ///< units of both kinds came with derived values
    RecordBlock elsewhere_, reference_block_;
    std::int64_t reference_row_ = -1, reference_spectrum_row_ = -1;
    UnitResult reference_;  ///< with its spectrum
};

}  // namespace specsweep::results
