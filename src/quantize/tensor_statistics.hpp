#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace specsweep::quantize {

/// What a quantizer must know of the whole matrix before it sees the first panel.
enum class StatisticsNeed {
    none,
    range,            ///< one streaming pass: minimum, maximum, absolute maximum, sums (StatisticsAccumulator)
    sigma_1,          ///< the range, and the largest singular value of the matrix
    sigma_1_of_core,  ///< the same, and the largest singular value of what Quantizer::core() makes of the matrix
};

/// The same matrix of another checkpoint, for the format `checkpoint`.
class SecondSource {
public:
    SecondSource() = default;
    SecondSource(const SecondSource&) = delete;
    SecondSource& operator=(const SecondSource&) = delete;
    virtual ~SecondSource() = default;

    /// Whole rows, widened. @throws what reading throws.
    virtual void read(std::int64_t first_row, std::int64_t rows, float* out) = 0;
};

/// Of one logical [out, in] matrix, after slicing, in fp32.
struct TensorStatistics {
    float minimum = 0;
    float maximum = 0;
    float absolute_maximum = 0;
    double absolute_sum = 0;  ///< Σ|w|
    double square_sum = 0;    ///< Σw²
    double sum = 0;           ///< Σw
    double sigma_1 = std::numeric_limits<double>::quiet_NaN();
    double sigma_1_of_core = std::numeric_limits<double>::quiet_NaN();
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::uint64_t seed =
        0;  ///< of the sweep: keys the random numbers of stochastic rounding, together with the element
    SecondSource* second = nullptr;  ///< not owned
};

/// The streaming pass. Rows must come in order; how they are cut into panels does not change a bit of the result,
/// because every row is summed on its own and row sums are added one after another.
class StatisticsAccumulator {
public:
    /// @param panel whole rows, row-major, size a multiple of cols.
    void add(std::span<const float> panel, std::int64_t cols);

    /// Of all rows added. A matrix without elements gives zeros.
    TensorStatistics statistics() const { return statistics_; }

private:
    TensorStatistics statistics_;
};

/// The same of a matrix that is in memory.
TensorStatistics statistics_of(std::span<const float> matrix, std::int64_t cols);

}  // namespace specsweep::quantize
