#include <gtest/gtest.h>

#include "base/error.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/matrix_product.hpp"
#include "linalg/symmetric_rank_update.hpp"
#include "random_matrix.hpp"

namespace specsweep::linalg {
namespace {

// |computed − exact| ≤ γ_{m+1} |a|ᵀ|a| ≤ (m + 2) u · m · max²; entries of these matrices are below 6.
double sum_bound(std::int64_t terms)
{
    return static_cast<double>(terms + 2) * 0x1p-53 * static_cast<double>(terms) * 36;
}

TEST(AddGramLower, AddsToTheLowerTriangleOnly)
{
    OwnedMatrix a = gaussian(37, 5, 1, 3);
    const OwnedMatrix expected = gram_by_definition(a.view());
    OwnedMatrix c(5, 5, 2);
    for (std::int64_t j = 0; j < 5; ++j)
        for (std::int64_t i = 0; i < 5; ++i)
            c.view()(i, j) = 1;
    add_gram_lower(a.view(), c.view());
    OwnedMatrix exact = expected;
    for (std::int64_t j = 0; j < 5; ++j)
        for (std::int64_t i = 0; i < 5; ++i)
            EXPECT_NEAR(c.view()(i, j), i >= j ? 1 + exact.view()(i, j) : 1, sum_bound(37));
}

TEST(AddGramLower, RefusesShapesThatDoNotFit)
{
    OwnedMatrix a(4, 3), c(4, 4);
    EXPECT_THROW(add_gram_lower(a.view(), c.view()), InternalError);
}

TEST(Multiply, TransposesEitherFactor)
{
    OwnedMatrix a = gaussian(7, 4, 2, 1), b = gaussian(4, 6, 3, 2), at(4, 7), bt(6, 4);
    for (std::int64_t i = 0; i < 7; ++i)
        for (std::int64_t k = 0; k < 4; ++k)
            at.view()(k, i) = a.view()(i, k);
    for (std::int64_t k = 0; k < 4; ++k)
        for (std::int64_t j = 0; j < 6; ++j)
            bt.view()(j, k) = b.view()(k, j);
    OwnedMatrix plain(7, 6), both(7, 6);
    multiply(1, Transpose::no, a.view(), Transpose::no, b.view(), 0, plain.view());
    multiply(2, Transpose::yes, at.view(), Transpose::yes, bt.view(), 0, both.view());
    for (std::int64_t i = 0; i < 7; ++i)
        for (std::int64_t j = 0; j < 6; ++j) {
            double sum = 0;
            for (std::int64_t k = 0; k < 4; ++k)
                sum += a.view()(i, k) * b.view()(k, j);
            EXPECT_NEAR(plain.view()(i, j), sum, 2 * sum_bound(4));
            EXPECT_NEAR(both.view()(i, j), 2 * sum, 4 * sum_bound(4));
        }
}

TEST(MatrixView, SeesARowMajorMatrixAsItsTranspose)
{
    const std::vector<double> rows{1, 2, 3, 4, 5, 6};  // 2 × 3
    const auto view = transposed_row_major(rows.data(), 2, 3, 3);
    EXPECT_EQ(view.rows, 3);
    EXPECT_EQ(view.cols, 2);
    EXPECT_EQ(view(2, 0), 3);
    EXPECT_EQ(view(0, 1), 4);
    EXPECT_EQ(view.block(1, 1, 2, 1)(1, 0), 6);
}

TEST(PaddedLeadingDimension, HoldsWholeCacheLinesAndAvoidsPowersOfTwo)
{
    for (std::int64_t rows = 1; rows < 5000; rows += 7) {
        const std::int64_t ld = padded_leading_dimension(rows);
        EXPECT_GE(ld, rows);
        EXPECT_LE(ld, rows + 15);
        EXPECT_EQ(ld % 8, 0);
        EXPECT_NE(ld % 128, 0);
    }
}

}  // namespace
}  // namespace specsweep::linalg
