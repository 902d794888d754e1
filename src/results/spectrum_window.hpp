#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "results/spectrum_columns.hpp"

namespace specsweep::results {

/// Values and bounds of one stretch.
struct SpectrumStretch {
    std::span<const double> sigma, error;
};

/// Stretches of /spectra one after another: read in large pieces, because each call of HDF5 costs as much as a stretch
/// of hundreds of values.
class SpectrumReader {
public:
    explicit SpectrumReader(const SpectrumColumns& columns) : columns_(columns) {}
    /// Valid until the next call. @throws InputError, IoError
    SpectrumStretch read(std::int64_t offset, std::int64_t count);

private:
    const SpectrumColumns& columns_;
    std::int64_t begin_ = 0;
    std::vector<double> sigma_, error_;
};

/// The same for writing: stretches that follow one another in memory as in the file go there at once. What was given
/// must stay where it is until flush(); nothing is in the file before.
class SpectrumWriter {
public:
    explicit SpectrumWriter(SpectrumColumns& columns) : columns_(columns) {}
    void write(std::int64_t offset, const SpectrumStretch&);
    void flush();

private:
    SpectrumColumns& columns_;
    std::int64_t begin_ = 0;
    SpectrumStretch pending_;
};

}  // namespace specsweep::results
