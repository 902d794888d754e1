#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hdf5/file.hpp"
#include "hdf5/table.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// /moments of a shard file since format_version 6: one row a unit, every moment in the order of content_crc as fp64
/// (counts too: they are far below 2^53), so that a unit is written at once. Nothing written yet: NaN.
class MomentTable {
public:
    static MomentTable create(hdf5::File&, std::int64_t units);
    /// @throws InputError: it is missing, or has other columns or another length.
    static MomentTable open(const hdf5::File&, std::int64_t units);
    static bool is_in(const hdf5::File&);

    void write(std::int64_t row, const Moments&);
    Moments read(std::int64_t row) const { return read_rows(row, 1).front(); }
    std::vector<Moments> read_rows(std::int64_t first, std::int64_t count) const;

private:
    hdf5::Table values_;
};

}  // namespace specsweep::results
