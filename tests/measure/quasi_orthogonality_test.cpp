#include "measure/quasi_orthogonality.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/counter_random.hpp"

namespace specsweep::measure {
namespace {

class InMemory : public spectrum::PanelSource {
public:
    InMemory(std::int64_t rows, std::int64_t cols, std::vector<double> values)
        : rows_(rows), cols_(cols), values_(std::move(values))
    {
    }
    std::int64_t rows() const override { return rows_; }
    std::int64_t cols() const override { return cols_; }
    bool needs_double() const override { return true; }
    void read(std::int64_t first, std::int64_t count, float* out) override
    {
        std::transform(values_.begin() + first * cols_, values_.begin() + (first + count) * cols_, out,
                       [](double value) { return static_cast<float>(value); });
    }
    void read(std::int64_t first, std::int64_t count, double* out) override
    {
        std::copy_n(values_.begin() + first * cols_, count * cols_, out);
    }
    const double* row(std::int64_t r) const { return values_.data() + r * cols_; }

private:
    std::int64_t rows_, cols_;
    std::vector<double> values_;
};

InMemory gaussian(std::int64_t rows, std::int64_t cols, double shift, std::uint64_t seed = 1)
{
    const metrics::CounterRandom random(seed, 0);
    std::vector<double> values;
    for (std::int64_t i = 0; i < rows * cols; ++i)
        values.push_back(random.normal(static_cast<std::uint64_t>(i)) + shift);
    return InMemory(rows, cols, std::move(values));
}

AngleMeasurement angles(InMemory& matrix, std::uint64_t seed = 5, Pairs pairs = Pairs::sampled)
{
    spectrum::Workspace workspace;
    return measure_angles(matrix, seed, workspace, pairs);
}

/// Mean and mean square over all pairs, one by one.
TEST(CosineStatistics, AreThoseOfAllPairs)
{
    for (const auto& [rows, cols] : {std::pair{40, 7}, std::pair{300, 12}, std::pair{5, 30}}) {
        InMemory matrix = gaussian(rows, cols, 0.4);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < rows; ++j) {
                if (i == j)
                    continue;
                double dot = 0;
                double a = 0;
                double b = 0;
                for (int c = 0; c < cols; ++c) {
                    dot += matrix.row(i)[c] * matrix.row(j)[c];
                    a += matrix.row(i)[c] * matrix.row(i)[c];
                    b += matrix.row(j)[c] * matrix.row(j)[c];
                }
                const double cosine = dot / std::sqrt(a * b);
                sum += cosine;
                squares += cosine * cosine;
            }
        const CosineStatistics found = angles(matrix).raw;
        EXPECT_EQ(found.rows, rows);
        EXPECT_NEAR(found.mean, sum / rows / (rows - 1), 1e-10);
        EXPECT_NEAR(found.mean_square, squares / rows / (rows - 1), 1e-6 * found.mean_square);  // as documented
    }
}

/// Random directions: shares 68.3, 95.4 and 99.7 % (less for few columns), within five standard errors of 100,000
/// pairs.
TEST(CosineStatistics, OfRandomDirectionsAreThoseOfTheNormalLaw)
{
    InMemory matrix = gaussian(2000, 256, 0);
    const CosineStatistics found = angles(matrix).raw;
    EXPECT_EQ(found.pairs, sampled_pairs);
    EXPECT_NEAR(found.share[0], 0.6827, 0.0074 + 0.002);  // 256 columns are not infinitely many
    EXPECT_NEAR(found.share[1], 0.9545, 0.0033 + 0.002);
    EXPECT_NEAR(found.share[2], 0.9973, 0.0009 + 0.002);
    EXPECT_NEAR(found.mean_square, 1.0 / 256, 0.02 / 256);
    EXPECT_GE(found.mean_square, (2000.0 - 256) / (256 * 1999.0) * (1 - 1e-12));  // Welch
}

/// Counts are of the pairs that the shares are of: exactly those in the bins within ±1, ±2, ±3.
TEST(CosineStatistics, TheHistogramCountsEveryPairOnce)
{
    for (const std::int64_t rows : {50, 900}) {
        InMemory matrix = gaussian(rows, 16, 0.3);
        const CosineStatistics found = angles(matrix).raw;
        EXPECT_EQ(found.pairs, std::min(rows * (rows - 1) / 2, sampled_pairs));
        const auto edges = metrics::cosine_bin_edges();
        std::int64_t all = 0;
        std::array<std::int64_t, 3> within{};
        for (std::size_t i = 0; i < metrics::cosine_bins; ++i) {
            all += found.histogram[i];
            for (std::size_t t = 0; t < 3; ++t)
                if (edges[i] >= -static_cast<double>(t + 1) && edges[i + 1] <= static_cast<double>(t + 1))
                    within[t] += found.histogram[i];
        }
        EXPECT_EQ(all, found.pairs);
        for (std::size_t t = 0; t < 3; ++t)
            EXPECT_EQ(found.share[t], static_cast<double>(within[t]) / static_cast<double>(found.pairs));
    }
}

TEST(CosineStatistics, AllPairsOfTheKeptRowsWhereTheyAreAskedFor)
{
    InMemory matrix = gaussian(900, 16, 0.3);
    const CosineStatistics all = angles(matrix, 5, Pairs::all).raw;
    EXPECT_EQ(all.pairs, 900 * 899 / 2);
    const CosineStatistics sample = angles(matrix).raw;
    for (std::size_t t = 0; t < 3; ++t)  // five standard errors
        EXPECT_NEAR(sample.share[t], all.share[t], 5 * std::sqrt(0.25 / sampled_pairs));
    EXPECT_EQ(all.mean_square, sample.mean_square);
}

TEST(CosineStatistics, CentringTakesACommonDirectionOff)
{
    InMemory matrix = gaussian(1000, 64, 3);
    EXPECT_GT(angles(matrix).raw.mean, 0.85);
    EXPECT_EQ(angles(matrix).raw.share[0], 0);
    const CosineStatistics centred = angles(matrix).centred;
    EXPECT_NEAR(centred.mean, 0, 0.01);
    EXPECT_NEAR(centred.share[0], 0.68, 0.02);
}

/// More rows than a panel has, and fewer than columns, whose solver reads them once more.
TEST(CosineStatistics, CentredIsWhatRowsWithoutTheirMeanGive)
{
    for (const auto& [rows, cols] : {std::pair{600, 12}, std::pair{7, 30}}) {
        InMemory matrix = gaussian(rows, cols, 0.4);
        std::vector<double> values(matrix.row(0), matrix.row(rows));
        for (int c = 0; c < cols; ++c) {
            double sum = 0;
            for (int r = 0; r < rows; ++r)
                sum += matrix.row(r)[c];
            for (int r = 0; r < rows; ++r)
                values[static_cast<std::size_t>(r * cols + c)] -= sum / rows;
        }
        InMemory without_mean(rows, cols, std::move(values));
        const CosineStatistics expected = angles(without_mean).raw;
        const CosineStatistics centred = angles(matrix).centred;
        EXPECT_EQ(centred.mean, expected.mean);
        EXPECT_EQ(centred.mean_square, expected.mean_square);
        EXPECT_EQ(centred.histogram, expected.histogram);
    }
}

TEST(CosineStatistics, LeaveRowsOfLengthZeroOut)
{
    std::vector<double> values(6 * 4, 0.0);
    for (int r = 0; r < 4; ++r)
        values[static_cast<std::size_t>(r * 4 + r)] = 2;  // four orthogonal rows, two of padding
    InMemory matrix(6, 4, values);
    const CosineStatistics found = angles(matrix).raw;
    EXPECT_EQ(found.rows, 4);
    EXPECT_NEAR(found.mean, 0, 1e-14);
    EXPECT_NEAR(found.mean_square, 0, 1e-12);
    EXPECT_EQ(found.share[0], 1);
    InMemory zero(3, 2, std::vector<double>(6, 0.0));
    EXPECT_TRUE(std::isnan(angles(zero).raw.mean));
}

TEST(CosineStatistics, AreAFunctionOfTheSeed)
{
    InMemory matrix = gaussian(9000, 8, 0.2);  // more rows than are sampled
    const CosineStatistics one = angles(matrix, 1).raw;
    const CosineStatistics again = angles(matrix, 1).raw;
    const CosineStatistics other = angles(matrix, 2).raw;
    EXPECT_EQ(one.share, again.share);
    EXPECT_NE(one.share, other.share);
    EXPECT_EQ(one.mean_square, other.mean_square);
}

}  // namespace
}  // namespace specsweep::measure
