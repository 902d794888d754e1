#pragma once

#include <cstdint>
#include <span>

namespace specsweep::spectrum {

/// A symmetric band matrix of half-width b in the storage of the bulge chase: element (i, j) at origin[i + 3b·j], so
/// that any b × b block is a dense column-major block with leading dimension 3b. Valid for −b < i − j ≤ 2b: the band
/// below the diagonal, its mirror image above, and the bulge. 3b rows and columns of zeros follow the matrix: no kernel
/// has edge code.
class BandMatrix {
public:
    /// @param memory memory_needed() doubles; set to zero here.
    BandMatrix(std::int64_t order, std::int64_t half_width, std::span<double> memory);

    static std::int64_t memory_needed(std::int64_t order, std::int64_t half_width);

    std::int64_t order() const { return order_; }
    std::int64_t half_width() const { return half_width_; }
    std::int64_t ld() const { return 3 * half_width_; }
    double* at(std::int64_t i, std::int64_t j) const { return origin_ + i + ld() * j; }

    /// Sets (i, j) and its mirror image where that is stored.
    void set(std::int64_t i, std::int64_t j, double value) const;

private:
    std::int64_t order_;
    std::int64_t half_width_;
    double* origin_;
};

}  // namespace specsweep::spectrum
