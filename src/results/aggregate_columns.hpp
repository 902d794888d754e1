#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "hdf5/text_column.hpp"
#include "results/moment_columns.hpp"
#include "results/record_spool.hpp"
#include "results/static_crc.hpp"
#include "results/unit_index.hpp"

namespace specsweep::results {

/// /units and /moments of an aggregate, out of its records. Declare it after its File.
class AggregateColumns {
public:
    AggregateColumns(hdf5::File&, const UnitIndex&);

    /// All rows; the reasons get the width that they need. No call of HDF5 but to create their column.
    /// @param long_reasons those that are too long for a record, by row
    void write(const RecordSpool&, const std::map<std::int64_t, std::string>& long_reasons);

    /// After that: which columns have no row, static_crc. @param computed of metrics::columns()
    void finish(const std::vector<bool>& computed);

private:
    void write_static(const RecordBlock&);
    void write_results(const RecordBlock&);
    void write_derived(const RecordBlock&);
    void write_reasons(const RecordBlock&, const std::map<std::int64_t, std::string>& long_reasons);

    hdf5::File& file_;
    const UnitIndex& index_;
    StaticCrc static_crc_;
    hdf5::Column<std::int64_t> plan_row_, matrix_, quantizer_, reference_, sigma_offset_, sigma_count_;
    hdf5::TextColumn id_, solver_, method_, reason_;
    hdf5::Column<double> bits_per_weight_;
    hdf5::Column<std::uint8_t> state_;
    hdf5::Column<std::uint32_t> crc_;
    MomentColumns moments_;
    std::vector<hdf5::Column<double>> derived_;
    std::vector<double> transposed_;  ///< derived columns of one block
};

}  // namespace specsweep::results
