#include "spectrum/leading_vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/counter_random.hpp"

namespace specsweep::spectrum {
namespace {

std::vector<double> gaussian(std::int64_t rows, std::int64_t cols)
{
    const metrics::CounterRandom random(5, 0);
    std::vector<double> values;
    for (std::int64_t i = 0; i < rows * cols; ++i)
        values.push_back(random.normal(static_cast<std::uint64_t>(i)));
    return values;
}

double dot(const double* a, const double* b, std::int64_t n)
{
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i)
        sum += a[i] * b[i];
    return sum;
}

class OfShape : public testing::TestWithParam<std::pair<std::int64_t, std::int64_t>> {};

/// W v = σ u and Wᵀ u = σ v, both orthonormal: that is what singular vectors are.
TEST_P(OfShape, VectorsBelongToEachOther)
{
    const auto [rows, cols] = GetParam();
    const std::vector<double> w = gaussian(rows, cols);
    Workspace workspace;
    const LeadingVectors found = leading_vectors(w.data(), rows, cols, 4, workspace);
    ASSERT_EQ(found.rank(), std::min({rows, cols, std::int64_t{4}}));
    const double scale = 1e-12 * found.sigma[0];
    for (std::int64_t j = 0; j < found.rank(); ++j) {
        const double* const u = found.left.data() + j * rows;
        const double* const v = found.right.data() + j * cols;
        for (std::int64_t i = 0; i < rows; ++i)
            EXPECT_NEAR(dot(w.data() + i * cols, v, cols), found.sigma[static_cast<std::size_t>(j)] * u[i], scale);
        for (std::int64_t c = 0; c < cols; ++c) {
            double sum = 0;
            for (std::int64_t i = 0; i < rows; ++i)
                sum += w[static_cast<std::size_t>(i * cols + c)] * u[i];
            EXPECT_NEAR(sum, found.sigma[static_cast<std::size_t>(j)] * v[c], scale);
        }
        for (std::int64_t i = 0; i < found.rank(); ++i) {
            EXPECT_NEAR(dot(u, found.left.data() + i * rows, rows), i == j, 1e-12);
            EXPECT_NEAR(dot(v, found.right.data() + i * cols, cols), i == j, 1e-12);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(LeadingVectors, OfShape,
                         testing::Values(std::pair(1, 1), std::pair(1, 7), std::pair(7, 1), std::pair(3, 3),
                                         std::pair(40, 12), std::pair(12, 40)));

TEST(LeadingVectors, LeaveOutWhatTheGramMatrixDoesNotResolve)
{
    const std::vector<double> w{3, 0, 0, 0, 1e-3, 0, 0, 0, 1e-7};
    Workspace workspace;
    EXPECT_EQ(leading_vectors(w.data(), 3, 3, 3, workspace).rank(), 2);
    const std::vector<double> zero(9, 0.0);
    EXPECT_EQ(leading_vectors(zero.data(), 3, 3, 3, workspace).rank(), 0);
}

TEST(PrincipalAngles, OfPlanesTurnedAboutACommonLine)
{
    const double angle = 0.3;
    const std::vector<double> a{1, 0, 0, 0, 1, 0};  // x, y
    const std::vector<double> b{1, 0, 0, 0, std::cos(angle), std::sin(angle)};
    const std::vector<double> found = principal_angles(a.data(), b.data(), 3, 2);
    EXPECT_NEAR(found[0], 0, 1e-8);
    EXPECT_NEAR(found[1], angle, 1e-15);
    const std::vector<double> mixed{std::sqrt(0.5), std::sqrt(0.5), 0, std::sqrt(0.5), -std::sqrt(0.5), 0};
    EXPECT_NEAR(principal_angles(a.data(), mixed.data(), 3, 2)[1], 0, 1e-7) << "another basis of the same plane";
}

}  // namespace
}  // namespace specsweep::spectrum
