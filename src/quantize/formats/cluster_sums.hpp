#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace specsweep::quantize {

/// Prefix sums over sorted distinct values: of values i … j−1 the count, Σw and Σw² are differences of two entries.
/// Cluster boundaries are indices 0 … size() of them. The memory is kept from one set of values to the next.
class ClusterSums {
public:
    /// Entries behind the last that vectors may read: finite, with growing counts.
    static constexpr std::int32_t padding = 8;

    void assign(std::span<const float> sorted);

    std::int32_t size() const { return size_; }
    const double* count() const { return count_.data(); }
    const double* sum() const { return sum_.data(); }
    const double* squares() const { return squares_.data(); }

    double mean(std::int32_t first, std::int32_t last) const
    {
        return (sum_[at(last)] - sum_[at(first)]) / (count_[at(last)] - count_[at(first)]);
    }

    /// Σw² − (Σw)²/n of values first … last − 1
    double cost(std::int32_t first, std::int32_t last) const
    {
        const double s = sum_[at(last)] - sum_[at(first)];
        const double rest = squares_[at(last)] - squares_[at(first)] - s * s / (count_[at(last)] - count_[at(first)]);
        return rest > 0 ? rest : 0;
    }

    /// How far a sum of any cost and a few numbers of the size of all Σw² can be from the exact one: with u = 2⁻⁵³, e₁
    /// and e₂ the largest errors of Σw and Σw², which assign() follows, a cost is off by less than
    ///
    ///   2·e₂ + 4·max|w|·e₁ + 10·u·Σw²     (|s|/n ≤ max|w|; s²/n ≤ Σw²; n·w·w is rounded once more)
    ///
    /// and five more operations on numbers below 4·Σw² by 20·u·Σw². An eighth is added for products of errors.
    double rounding() const { return rounding_; }

private:
    static std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

    std::int32_t size_ = 0;
    std::vector<double> count_;
    std::vector<double> sum_;
    std::vector<double> squares_;
    double rounding_ = 0;
};

}  // namespace specsweep::quantize
