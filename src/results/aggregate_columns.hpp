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

/// /units and /moments of an aggregate, written block by block in the order of rows. Declare it after its File.
class AggregateColumns {
public:
    AggregateColumns(hdf5::File&, const UnitIndex&);

    /// The next rows. @pre write() of all before
    void write(const RecordBlock&);

    /// After the last row: reasons with the width that they need, which columns have no row, static_crc.
    /// @param computed of metrics::columns()
    void finish(const RecordSpool&, const std::map<std::int64_t, std::string>& long_reasons,
                const std::vector<bool>& computed);

private:
    void write_static(const RecordBlock&);
    void write_results(const RecordBlock&);
    void write_derived(const RecordBlock&);
    void write_reasons(const RecordSpool&, const std::map<std::int64_t, std::string>& long_reasons);

    hdf5::File& file_;
    const UnitIndex& index_;
    StaticCrc static_crc_;
    hdf5::Column<std::int64_t> plan_row_, matrix_, quantizer_, reference_, sigma_offset_, sigma_count_;
    hdf5::TextColumn id_, solver_, method_;
    hdf5::Column<double> bits_per_weight_;
    hdf5::Column<std::uint8_t> state_;
    hdf5::Column<std::uint32_t> crc_;
    MomentColumns moments_;
    std::vector<hdf5::Column<double>> derived_;
};

}  // namespace specsweep::results
