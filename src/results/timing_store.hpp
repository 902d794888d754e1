#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// /timing of a shard file or a provenance file: one row a unit. Nothing written yet: rank −1, seconds NaN.
class TimingStore {
public:
    static TimingStore create(hdf5::File&, std::int64_t units);
    /// @throws InputError: a column is missing or has another type or length.
    static TimingStore open(const hdf5::File&, std::int64_t units);

    /// Not collective: timings[i] to rows[i].
    void write(std::span<const std::int64_t> rows, std::span<const Timing> timings);
    /// Rows first, first + 1, …
    void write_rows(std::int64_t first, std::span<const Timing> timings);
    Timing read(std::int64_t row) const;
    std::vector<Timing> read_all() const;

private:
    std::vector<hdf5::Column<double>> seconds_;
    std::vector<hdf5::Column<std::int32_t>> counts_;
    hdf5::Column<std::int64_t> peak_bytes_;
};

}  // namespace specsweep::results
