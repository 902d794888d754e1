#include "measure/error_pass.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "measure/probe_squares.hpp"

namespace specsweep::measure {
namespace {

constexpr std::uint64_t seed = 7;
constexpr double unit_roundoff = 1.2e-16;  // just above 2^-53

std::vector<float> random_values(std::size_t count, unsigned of)
{
    std::mt19937 random(of);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

struct Pass {
    PanelSums sums;
    std::vector<double> columns;
    std::vector<float> error;
};

Pass pass_over(std::span<const float> w, std::span<const float> q, std::int64_t cols,
               spectrum::InstructionSet instructions = spectrum::widest_instruction_set())
{
    Pass pass{.sums = {},
              .columns = std::vector<double>(static_cast<std::size_t>(cols), 0.0),
              .error = std::vector<float>(w.size())};
    error_pass(w, q, Probes(seed, cols), pass.columns, pass.error.data(), pass.sums, instructions);
    return pass;
}

class ErrorPassTest : public testing::TestWithParam<std::pair<int, int>> {
protected:
    void SetUp() override
    {
        std::tie(rows, cols) = GetParam();
        w = random_values(static_cast<std::size_t>(rows * cols), 1);
        q = random_values(static_cast<std::size_t>(rows * cols), 2);
    }
    long double weight(int row, int col) const { return w[static_cast<std::size_t>(row * cols + col)]; }
    long double error(int row, int col) const
    {
        return static_cast<long double>(q[static_cast<std::size_t>(row * cols + col)]) - weight(row, col);
    }
    /// What a sum of `terms` products rounded once may be off by, as a share of the sum of their magnitudes.
    static double share(std::int64_t terms) { return unit_roundoff * static_cast<double>(terms + 2); }

    int rows = 0;
    int cols = 0;
    std::vector<float> w, q;
};

/// Against plain sums in long double: n terms, relative error of a sum of squares below n·u.
TEST_P(ErrorPassTest, MomentsAgreeWithLongDouble)
{
    long double inner = 0, inner_magnitude = 0, square = 0, greatest = 0;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < cols; ++c) {
            inner += weight(r, c) * error(r, c);
            inner_magnitude += std::abs(weight(r, c) * error(r, c));
            square += error(r, c) * error(r, c);
            greatest = std::max(greatest, std::abs(error(r, c)));
        }
    const PairMoments moments = pass_over(w, q, cols).sums.moments;
    const double bound = share(rows * cols);
    EXPECT_NEAR(moments.error_frobenius_squared, static_cast<double>(square), bound * static_cast<double>(square));
    EXPECT_NEAR(moments.inner_product, static_cast<double>(inner), bound * static_cast<double>(inner_magnitude));
    EXPECT_EQ(moments.error_max, static_cast<double>(greatest));
}

TEST_P(ErrorPassTest, RowAndColumnSumsAgreeWithLongDouble)
{
    const Pass pass = pass_over(w, q, cols);
    long double row_most = 0;
    std::vector<long double> of_column(static_cast<std::size_t>(cols), 0);
    for (int r = 0; r < rows; ++r) {
        long double row = 0;
        for (int c = 0; c < cols; ++c) {
            row += std::abs(error(r, c));
            of_column[static_cast<std::size_t>(c)] += std::abs(error(r, c));
        }
        row_most = std::max(row_most, row);
    }
    const double most = pass.sums.moments.row_sum_max;
    EXPECT_NEAR(most, static_cast<double>(row_most), share(cols) * most);
    for (std::size_t c = 0; c < pass.columns.size(); ++c)
        EXPECT_NEAR(pass.columns[c], static_cast<double>(of_column[c]), share(rows) * pass.columns[c]);
}

/// |fl(w·x) − w·x| ≤ γ_n Σ|w_j x_j| for each row; squares and their sum add twice that and a few roundings.
TEST_P(ErrorPassTest, ProductsWithProbesAgreeWithLongDouble)
{
    const auto probes = std::make_shared<const Probes>(seed, cols);
    ProbeSquares outputs{};
    ProbedMatrix(probes, rows).add_squares(0, w, outputs);
    const ProbeSquares errors = pass_over(w, q, cols).sums.forward;
    for (std::size_t p = 0; p < probe_count; ++p) {
        long double output = 0, output_slack = 0, error_sum = 0, error_slack = 0;
        for (int r = 0; r < rows; ++r) {
            long double of_w = 0, of_w_magnitude = 0, of_e = 0, of_e_magnitude = 0;
            for (int c = 0; c < cols; ++c) {
                const long double x = probes->x(p)[c];
                of_w += weight(r, c) * x;
                of_w_magnitude += std::abs(weight(r, c) * x);
                of_e += error(r, c) * x;
                of_e_magnitude += std::abs(error(r, c) * x);
            }
            output += of_w * of_w;
            output_slack += of_w_magnitude * of_w_magnitude;
            error_sum += of_e * of_e;
            error_slack += of_e_magnitude * of_e_magnitude;
        }
        const double bound = 2 * share(cols) + share(rows);
        EXPECT_NEAR(outputs[p], static_cast<double>(output), bound * static_cast<double>(output_slack));
        EXPECT_NEAR(errors[p], static_cast<double>(error_sum), bound * static_cast<double>(error_slack));
    }
}

TEST_P(ErrorPassTest, ErrorIsTheDifferenceRoundedOnce)
{
    const std::vector<float> error = pass_over(w, q, cols).error;
    for (std::size_t i = 0; i < w.size(); ++i)
        ASSERT_EQ(error[i], q[i] - w[i]) << i;
}

TEST_P(ErrorPassTest, IsTheSameOnEveryInstructionSet)
{
    using spectrum::InstructionSet;
    const Pass plain = pass_over(w, q, cols, InstructionSet::plain);
    for (const InstructionSet wider : {InstructionSet::avx2, InstructionSet::avx512}) {
        if (wider > spectrum::widest_instruction_set())
            continue;
        const Pass pass = pass_over(w, q, cols, wider);
        EXPECT_EQ(pass.sums.moments.inner_product, plain.sums.moments.inner_product);
        EXPECT_EQ(pass.sums.moments.error_frobenius_squared, plain.sums.moments.error_frobenius_squared);
        EXPECT_EQ(pass.sums.moments.error_max, plain.sums.moments.error_max);
        EXPECT_EQ(pass.sums.moments.row_sum_max, plain.sums.moments.row_sum_max);
        EXPECT_EQ(pass.sums.forward, plain.sums.forward);
        EXPECT_EQ(pass.columns, plain.columns);
        EXPECT_EQ(pass.error, plain.error);
        const Probes probes(seed, cols);
        EXPECT_EQ(probe_squares(w.data(), probes, wider), probe_squares(w.data(), probes, InstructionSet::plain));
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ErrorPassTest,
                         testing::Values(std::pair{1, 1}, std::pair{3, 15}, std::pair{2, 16}, std::pair{5, 17},
                                         std::pair{256, 100}, std::pair{3, 1100}));

/// Calls for 1, 2, 3, … rows, each going on from the one before, against one call for all.
TEST_P(ErrorPassTest, DoesNotDependOnHowRowsAreCut)
{
    const Pass whole = pass_over(w, q, cols);
    const Probes probes(seed, cols);
    PanelSums sums;
    std::vector<double> columns(static_cast<std::size_t>(cols), 0.0);
    for (int row = 0, count = 1; row < rows; row += count, ++count) {
        const auto first = static_cast<std::size_t>(row * cols);
        const auto elements = static_cast<std::size_t>(std::min(count, rows - row) * cols);
        error_pass(std::span(w).subspan(first, elements), std::span(q).subspan(first, elements), probes, columns,
                   nullptr, sums);
    }
    EXPECT_EQ(sums.moments.inner_product, whole.sums.moments.inner_product);
    EXPECT_EQ(sums.moments.error_frobenius_squared, whole.sums.moments.error_frobenius_squared);
    EXPECT_EQ(sums.moments.error_max, whole.sums.moments.error_max);
    EXPECT_EQ(sums.moments.row_sum_max, whole.sums.moments.row_sum_max);
    EXPECT_EQ(sums.forward, whole.sums.forward);
    EXPECT_EQ(columns, whole.columns);
}

TEST(ProbedMatrix, GivesTheSameWhenAskedAgainAndInOtherPieces)
{
    constexpr std::int64_t rows = 7;
    constexpr std::int64_t cols = 20;
    const auto w = random_values(rows * cols, 6);
    ProbedMatrix probed(std::make_shared<const Probes>(seed, cols), rows);
    const auto part = [&](std::int64_t first, std::int64_t count, ProbeSquares& total) {
        probed.add_squares(
            first, std::span(w).subspan(static_cast<std::size_t>(first * cols), static_cast<std::size_t>(count * cols)),
            total);
    };
    ProbeSquares tail{}, pieces{}, whole{};
    part(5, 2, tail);
    part(0, 3, pieces);
    part(3, 4, pieces);
    part(0, rows, whole);
    EXPECT_EQ(pieces, whole);
    EXPECT_GT(whole[0], tail[0]);
    EXPECT_GT(tail[0], 0);
}

TEST(ErrorPass, IsZeroForEqualMatrices)
{
    const auto w = random_values(100, 5);
    const Pass pass = pass_over(w, w, 10);
    EXPECT_EQ(pass.sums.moments.row_sum_max, 0);
    EXPECT_EQ(pass.columns, std::vector<double>(10, 0.0));
    EXPECT_EQ(pass.sums.moments.error_frobenius_squared, 0);
    EXPECT_EQ(pass.sums.moments.inner_product, 0);
    EXPECT_EQ(pass.sums.moments.error_max, 0);
    EXPECT_EQ(pass.sums.forward, ProbeSquares{});
}

}  // namespace
}  // namespace specsweep::measure
