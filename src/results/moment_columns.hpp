#pragma once

#include <cstdint>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// What a row holds before a unit is written.
enum class Ground {
    fresh,  ///< what the file was created with: values that are equal to it, bit for bit, need not be written
    used,   ///< anything
};

/// /moments: one row a unit. Nothing written yet: NaN, and −1 for counts.
class MomentColumns {
public:
    static MomentColumns create(hdf5::File&, std::int64_t units);
    /// The same for what is written whole, with write_rows().
    static MomentColumns create_unfilled(hdf5::File&, std::int64_t units);
    /// Columns that are younger than the file's format version are none: reading leaves NaN and −1 there.
    /// @throws InputError: a column is missing or has another type or length.
    static MomentColumns open(const hdf5::File&, std::int64_t units, std::int64_t format_version);

    void write(std::int64_t row, const Moments&, Ground = Ground::used);
    /// Rows first, first + 1, …
    void write_rows(std::int64_t first, const std::vector<Moments>&);
    Moments read(std::int64_t row) const;
    std::vector<Moments> read_rows(std::int64_t first, std::int64_t count) const;

private:
    template <class Create>
    static MomentColumns create_with(hdf5::File&, Create);

    std::vector<hdf5::Column<double>> real_;
    std::vector<hdf5::Column<std::int64_t>> counts_;
};

}  // namespace specsweep::results
