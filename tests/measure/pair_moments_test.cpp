#include "measure/pair_moments.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace specsweep::measure {
namespace {

std::vector<float> random_values(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

class PairMomentsTest : public testing::TestWithParam<std::pair<int, int>> {};

/// Against plain sums in long double: n terms, relative error of a sum of squares below n·u.
TEST_P(PairMomentsTest, AgreeWithLongDouble)
{
    const auto [rows, cols] = GetParam();
    const auto count = static_cast<std::size_t>(rows * cols);
    const auto w = random_values(count, 1);
    const auto q = random_values(count, 2);
    long double inner = 0;
    long double inner_magnitude = 0;
    long double square = 0;
    long double greatest = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const long double e = static_cast<long double>(q[i]) - w[i];
        inner += w[i] * e;
        inner_magnitude += std::abs(w[i] * e);
        square += e * e;
        greatest = std::max(greatest, std::abs(e));
    }
    std::vector<double> columns(static_cast<std::size_t>(cols), 0.0);
    const PairMoments moments = panel_moments(w, q, cols, columns);
    const double unit = 1.2e-16 * static_cast<double>(count + 2);
    EXPECT_NEAR(moments.error_frobenius_squared, static_cast<double>(square), unit * static_cast<double>(square));
    EXPECT_NEAR(moments.inner_product, static_cast<double>(inner), unit * static_cast<double>(inner_magnitude));
    EXPECT_EQ(moments.error_max, static_cast<double>(greatest));
    long double row_most = 0;
    std::vector<long double> of_column(static_cast<std::size_t>(cols), 0);
    for (int r = 0; r < rows; ++r) {
        long double row = 0;
        for (int c = 0; c < cols; ++c) {
            const auto i = static_cast<std::size_t>(r * cols + c);
            const long double e = std::abs(static_cast<long double>(q[i]) - w[i]);
            row += e;
            of_column[static_cast<std::size_t>(c)] += e;
        }
        row_most = std::max(row_most, row);
    }
    EXPECT_NEAR(moments.row_sum_max, static_cast<double>(row_most), 1.2e-16 * (cols + 2) * moments.row_sum_max);
    for (std::size_t c = 0; c < columns.size(); ++c)
        EXPECT_NEAR(columns[c], static_cast<double>(of_column[c]), 1.2e-16 * (rows + 2) * columns[c]);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PairMomentsTest,
                         testing::Values(std::pair{1, 1}, std::pair{3, 15}, std::pair{2, 16}, std::pair{5, 17},
                                         std::pair{256, 100}));

TEST(PairMoments, RowsAreAddedInOrder)
{
    const auto w = random_values(64, 3);
    const auto q = random_values(64, 4);
    std::vector<double> columns(16, 0.0);
    PairMoments sum = panel_moments(std::span(w).first(32), std::span(q).first(32), 16, columns);
    const PairMoments second = panel_moments(std::span(w).subspan(32, 16), std::span(q).subspan(32, 16), 16, columns);
    const PairMoments third = panel_moments(std::span(w).subspan(48), std::span(q).subspan(48), 16, columns);
    accumulate(sum, second);
    accumulate(sum, third);
    EXPECT_EQ(sum.error_frobenius_squared, panel_moments(w, q, 16, columns).error_frobenius_squared);
}

TEST(PairMoments, AreZeroForEqualMatrices)
{
    const auto w = random_values(100, 5);
    std::vector<double> columns(10, 0.0);
    const PairMoments moments = panel_moments(w, w, 10, columns);
    EXPECT_EQ(moments.row_sum_max, 0);
    EXPECT_EQ(columns, std::vector<double>(10, 0.0));
    EXPECT_EQ(moments.error_frobenius_squared, 0);
    EXPECT_EQ(moments.inner_product, 0);
    EXPECT_EQ(moments.error_max, 0);
}

}  // namespace
}  // namespace specsweep::measure
