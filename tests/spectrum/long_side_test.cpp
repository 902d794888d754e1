#include "spectrum/long_side.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

/// All pieces one under the other: length × k, row-major, times 2^exponent.
std::vector<double> collected(DenseSource& source)
{
    Workspace workspace;
    LongSide matrix(source, workspace);
    std::vector<double> values;
    matrix.for_each_piece([&](linalg::MatrixView piece) {
        EXPECT_LE(piece.rows, LongSide::piece_length);
        EXPECT_EQ(piece.cols, matrix.width());
        for (std::int64_t i = 0; i < piece.rows; ++i)
            for (std::int64_t j = 0; j < piece.cols; ++j)
                values.push_back(std::ldexp(piece(i, j), matrix.exponent()));
    });
    EXPECT_EQ(std::ssize(values), matrix.length() * matrix.width());
    EXPECT_TRUE(source.panels_were_aligned());
    return values;
}

TEST(LongSide, GivesEveryEntryOfTallAndWideMatricesOnce)
{
    for (const auto& [m, n] : {std::pair{1, 1}, {1, 300}, {300, 1}, {257, 256}, {255, 37}, {512, 11}, {771, 500}}) {
        for (const Precision precision : {Precision::fp32, Precision::fp64}) {
            const DenseMatrix tall = gaussian(m, n), wide = tall.transposed();
            DenseSource tall_source(tall, precision), wide_source(wide, precision);
            const std::vector<double> expected = m >= n ? tall.values : wide.values;
            EXPECT_EQ(collected(tall_source), expected) << m << " x " << n;
            if (m != n) {
                EXPECT_EQ(collected(wide_source), expected) << n << " x " << m;
            }
        }
    }
}

TEST(LongSide, ReadsAWideMatrixThatIsLargerThanItsStoreSeveralTimes)
{
    // 260 × 90,000 in fp32 is 94 MB, the store holds 64 MiB: two fills, each reading all rows.
    constexpr std::int64_t m = 260, n = 90000;
    DenseMatrix matrix{m, n, std::vector<double>(static_cast<std::size_t>(m * n))};
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j)
            matrix(i, j) = static_cast<double>((i * 7919 + j * 104729) % 16381);
    DenseSource source(matrix);
    Workspace workspace;
    LongSide long_side(source, workspace);
    std::int64_t first = 0;
    bool equal = true;
    long_side.for_each_piece([&](linalg::MatrixView piece) {
        for (std::int64_t c = 0; c < piece.rows; ++c)
            for (std::int64_t r = 0; r < m; ++r)
                equal = equal && piece(c, r) == matrix(r, first + c);
        first += piece.rows;
    });
    EXPECT_TRUE(equal);
    EXPECT_EQ(first, n);
    EXPECT_EQ(source.rows_read(), 2 * m);
    EXPECT_TRUE(source.panels_were_aligned());
    EXPECT_LE(workspace.bytes(), LongSide::buffer_bytes(m, n) + 3 * (2 << 20));
}

TEST(LongSide, ScalesDoublesThatWouldOverOrUnderflowWhenSquared)
{
    for (const double size : {1e-300, 1e-140, 1.0, 1e200, 5e-324}) {
        const DenseMatrix matrix{2, 1, {size, -size / 2}};
        DenseSource source(matrix, Precision::fp64);
        Workspace workspace;
        LongSide long_side(source, workspace);
        double largest = 0;
        long_side.for_each_piece([&](linalg::MatrixView piece) { largest = piece(0, 0); });
        EXPECT_EQ(std::ldexp(largest, long_side.exponent()), size);
        if (size > 1e-307) {
            EXPECT_GE(largest, 0.5);
            EXPECT_LT(largest, 1);
        }
    }
}

TEST(LongSide, RefusesAnEmptyMatrixAndDoublesThatAreNotFinite)
{
    const DenseMatrix empty{0, 5, {}};
    const DenseMatrix infinite{2, 1, {1, std::numeric_limits<double>::infinity()}};
    DenseSource empty_source(empty), infinite_source(infinite, Precision::fp64);
    Workspace workspace;
    EXPECT_THROW(LongSide(empty_source, workspace), InputError);
    EXPECT_THROW(LongSide(infinite_source, workspace), InputError);
}

}  // namespace
}  // namespace specsweep::spectrum
