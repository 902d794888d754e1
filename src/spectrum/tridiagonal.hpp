#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace specsweep::spectrum {

/// A symmetric tridiagonal matrix T, scaled and made ready for Sturm counts.
///
/// T = 2^exponent · (diagonal a, subdiagonal b) with max_i (|a_i| + |b_{i−1}| + |b_i|) in [¼, ½). What is kept is a_i
/// and b_i², the latter at least 1e-36 (it moves no eigenvalue by more than 2e-18 in these units), so that two
/// neighbours of the recurrence never vanish together.
class ScaledTridiagonal {
public:
    /// @param diagonal n values, @param subdiagonal n−1; finite. n ≥ 1.
    ScaledTridiagonal(std::span<const double> diagonal, std::span<const double> subdiagonal);

    /// The Golub-Kahan form of an upper bidiagonal B: order 2n, zero diagonal, eigenvalues ±σ_k(B).
    static ScaledTridiagonal golub_kahan(std::span<const double> diagonal, std::span<const double> superdiagonal);

    std::int64_t order() const { return std::ssize(diagonal_); }
    std::span<const double> diagonal() const { return diagonal_; }
    /// b_{i−1}² beside a_i; the first is 0.
    std::span<const double> squared_subdiagonal() const { return squared_; }
    int exponent() const { return exponent_; }
    bool is_zero() const { return zero_; }

    /// max_i (|a_i| + |b_{i−1}| + |b_i|) ≥ ‖T‖₂, in scaled units.
    double norm() const { return norm_; }

    /// Every computed Sturm count at x, |x| ≤ norm(), is the exact count of a matrix within this distance of T, scaled
    /// units.
    ///
    ///   p_{i+1} = (a_i − x) p_i − b_{i−1}² p_{i−1}  in floating point is the exact recurrence of a_i' and b_i' with
    ///   |a' − a| ≤ 3.01 u |a − x| ≤ 6.02 u·norm,  |b' − b| ≤ 1.51 u |b|,   so   ‖ΔT‖₂ ≤ 9.1 u·norm + 2e-18.
    double count_error() const;

private:
    std::vector<double> diagonal_;
    std::vector<double> squared_;
    int exponent_ = 0;
    double norm_ = 0;
    bool zero_ = false;
};

}  // namespace specsweep::spectrum
