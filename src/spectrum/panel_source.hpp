#pragma once

#include <cstdint>

namespace specsweep::spectrum {

/// A logical [out, in] matrix that is made on the fly: read, dequantized or quantized, a few whole rows at a time.
///
/// The solvers ask for rows that start at multiples of 256 and, but for the last ones, come in multiples of 256. They
/// may ask for the same rows again (wide matrices, a second pass of the accurate path), and must get the same values
/// again.
class PanelSource {
public:
    virtual ~PanelSource() = default;

    virtual std::int64_t rows() const = 0;
    virtual std::int64_t cols() const = 0;

    /// True when only read(double*) is exact (F64 reference). Must not change during the life of the source.
    virtual bool needs_double() const { return false; }

    /// Rows [first_row, first_row + row_count), row-major, leading dimension cols(); all values finite.
    /// @throws whatever reading throws; it passes through the solvers unchanged.
    virtual void read(std::int64_t first_row, std::int64_t row_count, float* out) = 0;
    virtual void read(std::int64_t first_row, std::int64_t row_count, double* out) = 0;

    /// All rows one after another, where they lie in memory as binary32 and stay there as long as nobody reads; nullptr
    /// otherwise. What passes over the rows many times need not copy them then.
    virtual const float* resident() { return nullptr; }
};

}  // namespace specsweep::spectrum
