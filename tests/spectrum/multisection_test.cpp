#include "spectrum/multisection.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "linalg/tridiagonal_eigenvalues.hpp"
#include "long_double_oracle.hpp"
#include "spectrum/failure.hpp"
#include "tridiagonal_cases.hpp"

namespace specsweep::spectrum {
namespace {

TEST(Multisection, EveryVerifiedIntervalHoldsItsEigenvalue)
{
    for (const TridiagonalCase& one : tridiagonal_cases()) {
        const std::vector<long double> exact = eigenvalues_in_long_double(one.diagonal, one.subdiagonal);
        const auto computed = eigenvalues_by_multisection(ScaledTridiagonal(one.diagonal, one.subdiagonal));
        ASSERT_EQ(computed.size(), exact.size());
        long double largest = 0;
        for (const long double value : exact)
            largest = std::max(largest, std::fabs(value));
        for (std::size_t k = 0; k < exact.size(); ++k) {
            EXPECT_LE(std::fabs(computed[k].value - exact[k]), computed[k].error) << one.name << " number " << k;
            // ‖T‖_∞ ≤ √3‖T‖₂ … 3‖T‖₂: the interval is a few ε of the largest eigenvalue, the value itself about one.
            EXPECT_LE(computed[k].error, 20 * 0x1p-52 * largest) << one.name;
            EXPECT_LE(std::fabs(computed[k].value - exact[k]), 3 * 0x1p-52 * largest) << one.name << " number " << k;
            if (k > 0) {
                EXPECT_LE(computed[k - 1].value, computed[k].value);
            }
        }
    }
}

TEST(Multisection, OfZeroIsExact)
{
    for (const auto& one :
         eigenvalues_by_multisection(ScaledTridiagonal(std::vector<double>(9), std::vector<double>(8)))) {
        EXPECT_EQ(one.value, 0);
        EXPECT_EQ(one.error, 0);
    }
}

TEST(Multisection, CommutesWithScalingByPowersOfTwo)
{
    const TridiagonalCase one = tridiagonal_cases()[5];
    const auto plain = eigenvalues_by_multisection(ScaledTridiagonal(one.diagonal, one.subdiagonal));
    TridiagonalCase scaled = one;
    for (auto* values : {&scaled.diagonal, &scaled.subdiagonal})
        for (double& value : *values)
            value = std::ldexp(value, -137);
    const auto small = eigenvalues_by_multisection(ScaledTridiagonal(scaled.diagonal, scaled.subdiagonal));
    for (std::size_t k = 0; k < plain.size(); ++k)
        EXPECT_EQ(std::ldexp(small[k].value, 137), plain[k].value);
}

TEST(VerifiedErrors, HoldForTheGolubKahanForm)
{
    constexpr int n = 80;  // upper bidiagonal of ones: 2 cos(kπ/(2n+1))
    const std::vector<double> ones(n, 1);
    std::vector<double> sigma;
    for (int k = 1; k <= n; ++k)
        sigma.push_back(2 * std::cos(k * std::numbers::pi / (2 * n + 1)));
    const auto matrix = ScaledTridiagonal::golub_kahan(ones, ones);
    const std::vector<double> good = verified_errors(matrix, sigma, 1e-15);
    for (const double error : good)
        EXPECT_LE(error, 1e-14);
    sigma[40] += 1e-9;
    const std::vector<double> worse = verified_errors(matrix, sigma, 1e-15);
    EXPECT_GE(worse[40], 1e-9);
    EXPECT_LE(worse[40], 4e-9);
    EXPECT_LE(worse[39], 1e-14);
    sigma[40] += 1;
    EXPECT_THROW(verified_errors(matrix, sigma, 1e-15), SolverFailure);
}

TEST(Dsterf, IsFartherFromTheTruthThanMultisection)
{
    // Why the tridiagonal solver is our own: the same matrix, both against 80-bit bisection.
    const TridiagonalCase one = tridiagonal_cases()[2];
    const std::vector<long double> exact = eigenvalues_in_long_double(one.diagonal, one.subdiagonal);
    const auto own = eigenvalues_by_multisection(ScaledTridiagonal(one.diagonal, one.subdiagonal));
    std::vector<double> diagonal = one.diagonal, subdiagonal = one.subdiagonal;
    linalg::tridiagonal_eigenvalues_by_ql(diagonal, subdiagonal);
    long double worst_own = 0, worst_ql = 0;
    for (std::size_t k = 0; k < exact.size(); ++k) {
        worst_own = std::max(worst_own, std::fabs(own[k].value - exact[k]));
        worst_ql = std::max(worst_ql, std::fabs(diagonal[k] - exact[k]));
    }
    EXPECT_LE(worst_own, 3 * 0x1p-52 * 4);
    EXPECT_LE(worst_own, worst_ql);
}

}  // namespace
}  // namespace specsweep::spectrum
