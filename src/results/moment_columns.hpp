#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// /moments of an aggregate, and of shard files before format_version 6: a dataset each, one row a unit.
class MomentColumns {
public:
    /// @pre everything is written
    static MomentColumns create_unfilled(hdf5::File&, std::int64_t units);
    /// Columns that are younger than the file's format version are none: reading leaves NaN and −1 there.
    /// @throws InputError: a column is missing or has another type or length.
    static MomentColumns open(const hdf5::File&, std::int64_t units, std::int64_t format_version);

    /// Rows first, first + 1, …
    void write_rows(std::int64_t first, const std::vector<Moments>&);
    void write_rows(std::int64_t first, std::span<const Moments* const>);
    std::vector<Moments> read_rows(std::int64_t first, std::int64_t count) const;

private:
    std::vector<hdf5::Column<double>> real_;
    std::vector<hdf5::Column<std::int64_t>> counts_;
};

}  // namespace specsweep::results
