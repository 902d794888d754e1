#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "linalg/bidiagonal.hpp"
#include "linalg/dense_singular_values.hpp"
#include "linalg/lapack_failure.hpp"
#include "linalg/triangular_factor.hpp"
#include "linalg/tridiagonal_eigenvalues.hpp"
#include "linalg/tridiagonal_reduction.hpp"
#include "random_matrix.hpp"

namespace specsweep::linalg {
namespace {

/// n·eps: what normwise backward stable routines of these small orders stay well within, relative to the largest value.
double relative_bound(std::int64_t n)
{
    return static_cast<double>(n) * 0x1p-52;
}

std::vector<double> eigenvalues_of_gram(OwnedMatrix gram, bool two_stages)
{
    const auto n = static_cast<std::size_t>(gram.view().cols);
    std::vector<double> diagonal(n), subdiagonal(n);
    HeapScratch memory;
    if (two_stages)
        reduce_to_tridiagonal_in_two_stages(gram.view(), diagonal, subdiagonal, memory.scratch());
    else
        reduce_to_tridiagonal(gram.view(), diagonal, subdiagonal, memory.scratch());
    tridiagonal_eigenvalues_by_ql(diagonal, subdiagonal);
    return diagonal;
}

TEST(TridiagonalReduction, KeepsTheEigenvaluesInOneStageAndInTwo)
{
    for (const std::int64_t n : {1, 2, 37, 130}) {
        OwnedMatrix a = gaussian(n + 3, n, 5);
        const OwnedMatrix gram = gram_by_definition(a.view());
        const std::vector<double> sigma = singular_values_jacobi(a.view());
        for (const bool two_stages : {false, true}) {
            const std::vector<double> lambda = eigenvalues_of_gram(gram, two_stages);
            for (std::size_t k = 0; k < lambda.size(); ++k)
                EXPECT_NEAR(lambda[lambda.size() - 1 - k], sigma[k] * sigma[k],
                            8 * relative_bound(n + 3) * sigma[0] * sigma[0]);
        }
    }
}

TEST(TridiagonalEigenvalues, OfTheSecondDifferenceAreKnown)
{
    constexpr int n = 50;
    std::vector<double> diagonal(n, 2), subdiagonal(n, -1);
    tridiagonal_eigenvalues_by_ql(diagonal, subdiagonal);
    for (int k = 1; k <= n; ++k)
        EXPECT_NEAR(diagonal[static_cast<std::size_t>(k - 1)], 2 - 2 * std::cos(k * std::numbers::pi / (n + 1)),
                    4 * relative_bound(n));
}

TEST(TriangularFactor, FoldsPiecesIntoTheSameGramMatrix)
{
    constexpr std::int64_t n = 20;
    OwnedMatrix whole = gaussian(n + 60, n, 7, 1);
    OwnedMatrix expected = gram_by_definition(whole.view());
    HeapScratch memory;
    OwnedMatrix r(n, n, 4);
    for (std::int64_t j = 0; j < n; ++j)
        std::copy_n(whole.view().column(j), n, r.view().column(j));
    reduce_to_triangle(r.view(), memory.scratch());
    fold_into_triangle(r.view(), whole.view().block(n, 0, 47, n), memory.scratch());
    fold_into_triangle(r.view(), whole.view().block(n + 47, 0, 13, n), memory.scratch());
    fold_into_triangle(r.view(), whole.view().block(n + 60, 0, 0, n), memory.scratch());
    OwnedMatrix gram = gram_by_definition(r.view());
    for (std::int64_t j = 0; j < n; ++j) {
        for (std::int64_t i = j + 1; i < n; ++i)
            EXPECT_EQ(r.view()(i, j), 0);
        for (std::int64_t i = 0; i < n; ++i)
            EXPECT_NEAR(gram.view()(i, j), expected.view()(i, j), 100 * relative_bound(n + 60));
    }
}

TEST(Bidiagonal, SingularValuesOfOnesAreKnown)
{
    constexpr int n = 40;  // upper bidiagonal of ones: 2 cos(kπ/(2n+1))
    std::vector<double> diagonal(n, 1), superdiagonal(n, 1);
    HeapScratch memory;
    bidiagonal_singular_values(diagonal, superdiagonal, memory.scratch());
    for (int k = 1; k <= n; ++k) {
        const double exact = 2 * std::cos(k * std::numbers::pi / (2 * n + 1));
        EXPECT_NEAR(diagonal[static_cast<std::size_t>(k - 1)], exact, exact * relative_bound(n));
    }
}

TEST(Bidiagonal, ReductionAndDqdsAgreeWithJacobi)
{
    for (const std::int64_t n : {1, 2, 33, 100}) {
        OwnedMatrix a = gaussian(n + 5, n, 11, 2), copy = a;
        std::vector<double> diagonal(static_cast<std::size_t>(n)), superdiagonal(static_cast<std::size_t>(n));
        HeapScratch memory;
        reduce_to_bidiagonal(a.view(), diagonal, superdiagonal, memory.scratch());
        bidiagonal_singular_values(diagonal, superdiagonal, memory.scratch());
        const std::vector<double> sigma = singular_values_jacobi(copy.view());
        for (std::size_t k = 0; k < sigma.size(); ++k)
            EXPECT_NEAR(diagonal[k], sigma[k], 8 * relative_bound(n) * sigma[0]);
    }
}

TEST(DenseSingularValues, OfAScaledPermutationAreItsEntries)
{
    for (const bool wide : {false, true}) {
        OwnedMatrix a(wide ? 4 : 6, wide ? 6 : 4);
        for (std::int64_t k = 0; k < 4; ++k)
            a.view()(k, 3 - k) = std::ldexp(1.0, static_cast<int>(k));
        OwnedMatrix copy = a;
        EXPECT_EQ(singular_values_gesdd(a.view()), (std::vector<double>{8, 4, 2, 1}));
        if (!wide) {
            EXPECT_EQ(singular_values_jacobi(copy.view()), (std::vector<double>{8, 4, 2, 1}));
        }
    }
}

TEST(CheckLapack, DropsNoInfo)
{
    EXPECT_NO_THROW(check_lapack("dsterf", 0));
    EXPECT_THROW(check_lapack("dsterf", -2), InternalError);
    try {
        check_lapack("dsterf", 7);
        FAIL();
    } catch (const LapackFailure& failure) {
        EXPECT_EQ(failure.lapack_info(), 7);
        EXPECT_NE(std::string(failure.what()).find("dsterf"), std::string::npos);
    }
}

TEST(Reductions, RefuseShapesThatDoNotFit)
{
    OwnedMatrix a(4, 5), r(5, 5);
    std::vector<double> diagonal(5), subdiagonal(5);
    HeapScratch memory;
    EXPECT_THROW(reduce_to_tridiagonal(a.view(), diagonal, subdiagonal, memory.scratch()), InternalError);
    EXPECT_THROW(reduce_to_bidiagonal(a.view(), diagonal, subdiagonal, memory.scratch()), InternalError);
    EXPECT_THROW(reduce_to_triangle(a.view(), memory.scratch()), InternalError);
    OwnedMatrix b(3, 4);
    EXPECT_THROW(fold_into_triangle(r.view(), b.view(), memory.scratch()), InternalError);
}

}  // namespace
}  // namespace specsweep::linalg
