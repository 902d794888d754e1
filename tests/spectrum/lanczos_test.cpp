#include "spectrum/lanczos.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "spectrum/krylov_bound.hpp"
#include "spectrum/row_store.hpp"
#include "spectrum/row_sweep.hpp"
#include "spectrum/spectrum.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

SpectralNorm norm_of(const DenseMatrix& matrix, const NormRequest& request = {}, Precision precision = Precision::fp32)
{
    DenseSource source(matrix, precision);
    Workspace workspace;
    return spectral_norm(source, request, workspace);
}

Spectrum accurate_spectrum(const DenseMatrix& matrix)
{
    DenseSource source(matrix);
    Workspace workspace;
    SpectrumRequest request;
    request.method = Method::lapack_qr;
    return compute_spectrum(source, request, workspace);
}

NormRequest with_seed(std::uint64_t seed)
{
    NormRequest request;
    request.seed = seed;
    return request;
}

TEST(SpectralNorm, BoundsEncloseTheLargestSingularValueOfEveryFamilyAndShape)
{
    for (const MatrixFamily& family : all_families())
        for (const auto& [m, n] :
             {std::pair{1, 1}, {1, 9}, {9, 1}, {2, 3}, {5, 4}, {40, 40}, {300, 70}, {70, 300}, {257, 256}}) {
            SCOPED_TRACE(family.name + " " + std::to_string(m) + " x " + std::to_string(n));
            const DenseMatrix matrix = family.make(m, n);
            const Spectrum exact = accurate_spectrum(matrix);
            const SpectralNorm found = norm_of(matrix);
            EXPECT_LE(found.lower, exact.sigma[0] + exact.error[0]);
            EXPECT_GE(found.upper, exact.sigma[0] - exact.error[0]);
            EXPECT_LE(std::fabs(found.frobenius_squared - exact.frobenius_squared),
                      found.frobenius_squared_error + exact.frobenius_squared_error);
        }
}

TEST(SpectralNorm, ReachesTheToleranceWhereItSaysSo)
{
    int converged = 0;
    for (const MatrixFamily& family : all_families()) {
        const DenseMatrix matrix = family.make(300, 200);
        const Spectrum exact = accurate_spectrum(matrix);
        const SpectralNorm found = norm_of(matrix);
        converged += found.converged ? 1 : 0;
        if (found.converged) {
            EXPECT_NEAR(found.lower, exact.sigma[0], 1e-4 * exact.sigma[0]) << family.name;
        }
    }
    EXPECT_EQ(converged, std::ssize(all_families()));
}

TEST(SpectralNorm, LowerBoundHoldsForEverySeedAndAnyNumberOfSteps)
{
    const DenseMatrix matrix = gaussian(120, 90);
    const Spectrum exact = accurate_spectrum(matrix);
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        for (const std::int64_t steps : {1, 2, 5}) {
            NormRequest request = with_seed(seed);
            request.most_steps = steps;
            const SpectralNorm found = norm_of(matrix, request);
            EXPECT_LE(found.lower, exact.sigma[0] + exact.error[0]);
            EXPECT_GT(found.lower, 0.5 * exact.sigma[0]);
            EXPECT_GE(found.upper, exact.sigma[0] - exact.error[0]);
            EXPECT_LE(found.steps, steps + 1);
        }
}

TEST(SpectralNorm, OfARankOneMatrixIsExactAfterTwoSteps)
{
    const SpectralNorm found = norm_of(matrix_of(400, 300, [](auto, auto) { return 0.5; }));
    const double exact = 0.5 * std::sqrt(400.0 * 300.0);
    EXPECT_TRUE(found.converged);
    EXPECT_LE(found.steps, 4);
    EXPECT_NEAR(found.lower, exact, 1e-11 * exact);
    EXPECT_LE(found.lower, exact);
    EXPECT_GE(found.upper, exact * (1 - 1e-15));
    EXPECT_EQ(found.frobenius_squared, 0.25 * 400 * 300);
}

TEST(SpectralNorm, OfAZeroMatrixIsZero)
{
    const SpectralNorm zero = norm_of(matrix_of(7, 4, [](auto, auto) { return 0; }));
    EXPECT_EQ(zero.lower, 0);
    EXPECT_EQ(zero.upper, 0);
    EXPECT_EQ(zero.leading, std::vector<double>{0});
    EXPECT_TRUE(zero.converged);
}

TEST(SpectralNorm, FindsTheLargestValuesToWithinTheirResiduals)
{
    for (const auto& [m, n] : {std::pair{300, 200}, {200, 300}}) {
        const DenseMatrix matrix = graded(m, n, 0.5, 1);
        const Spectrum exact = accurate_spectrum(matrix);
        NormRequest request;
        request.leading = 6;
        request.tolerance = 1e-8;
        const SpectralNorm found = norm_of(matrix, request);
        ASSERT_EQ(found.leading.size(), 6U);
        for (std::size_t k = 0; k < 6; ++k) {
            EXPECT_LE(found.leading[k], exact.sigma[k] + exact.error[k] + 1e-12 * exact.sigma[0]);
            EXPECT_NEAR(found.leading[k], exact.sigma[k], found.leading_error[k] + exact.error[k]) << k;
        }
        EXPECT_LT(found.leading_error[0], 1e-4 * found.leading[0]);
    }
}

TEST(SpectralNorm, CommutesWithScalingByPowersOfTwo)
{
    const DenseMatrix matrix = gaussian(80, 60);
    for (const int exponent : {-700, -40, 3, 500}) {
        DenseMatrix scaled = matrix;
        for (double& value : scaled.values)
            value = std::ldexp(value, exponent);
        const SpectralNorm a = norm_of(matrix, {}, Precision::fp64), b = norm_of(scaled, {}, Precision::fp64);
        EXPECT_EQ(std::ldexp(a.lower, exponent), b.lower);
        EXPECT_EQ(std::ldexp(a.upper, exponent), b.upper);
    }
}

TEST(SpectralNorm, IsTheSameForTheSameSeedAndAnotherForAnother)
{
    const DenseMatrix matrix = gaussian(80, 60);
    EXPECT_EQ(norm_of(matrix).lower, norm_of(matrix).lower);
    EXPECT_NE(norm_of(matrix).leading_error[0], norm_of(matrix, with_seed(1)).leading_error[0]);
}

TEST(SpectralNorm, RefusesWhatIsNotFinite)
{
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        for (const Precision precision : {Precision::fp32, Precision::fp64}) {
            DenseMatrix matrix = gaussian(20, 10);
            matrix(13, 4) = bad;
            EXPECT_THROW(norm_of(matrix, {}, precision), InputError);
        }
}

TEST(SpectralNorm, HoldsNoMoreThanItsWorkingSet)
{
    for (const auto& [m, n] : {std::pair{700, 300}, {300, 700}}) {
        const DenseMatrix matrix = gaussian(m, n);
        DenseSource source(matrix);
        Workspace workspace;
        spectral_norm(source, {}, workspace);
        constexpr std::int64_t huge_pages = 5 * (2 << 20);
        EXPECT_LE(workspace.bytes(), norm_working_set_bytes(m, n) + huge_pages);
    }
    constexpr std::int64_t most = std::int64_t{512} << 20;
    EXPECT_EQ(RowStore::kept_bytes(100, 10, 4, most), 4000);
    EXPECT_EQ(RowStore::kept_bytes(151936, 8192, 4, most), std::int64_t{8} * 8192 * 8192);
    EXPECT_EQ(RowStore::kept_bytes(151936, 4096, 4, most), most);
    EXPECT_EQ(RowStore::kept_bytes(16384, 53248, 4, most), std::int64_t{8} * 16384 * 16384);
}

TEST(SpectralNorm, GivesTheSameBitsWhateverItKeeps)
{
    const DenseMatrix matrix = gaussian(1500, 40);
    DenseSource source(matrix);
    Workspace workspace;
    const SpectralNorm whole = spectral_norm(source, {}, workspace);
    for (const std::int64_t kept : {0, 60'000, 100'000}) {
        NormRequest request;
        request.kept_bytes = kept;
        const SpectralNorm part = spectral_norm(source, request, workspace);
        EXPECT_EQ(part.lower, whole.lower);
        EXPECT_EQ(part.upper, whole.upper);
        EXPECT_EQ(part.frobenius_squared, whole.frobenius_squared);
    }
}

/// Serves a matrix that is all in memory; nothing of it must be read.
class ResidentSource : public PanelSource {
public:
    explicit ResidentSource(const DenseMatrix& matrix)
        : rows_(matrix.rows), cols_(matrix.cols), values_(matrix.values.begin(), matrix.values.end())
    {
    }
    std::int64_t rows() const override { return rows_; }
    std::int64_t cols() const override { return cols_; }
    void read(std::int64_t, std::int64_t, float*) override { ADD_FAILURE() << "rows in memory were read"; }
    void read(std::int64_t, std::int64_t, double*) override { ADD_FAILURE() << "rows in memory were read"; }
    const float* resident() override { return values_.data(); }

private:
    std::int64_t rows_, cols_;
    std::vector<float> values_;
};

TEST(SpectralNorm, TakesRowsWhereTheyLieInMemory)
{
    const DenseMatrix matrix = gaussian(1500, 40);
    DenseSource copied(matrix);
    ResidentSource resident(matrix);
    Workspace workspace;
    const SpectralNorm expected = spectral_norm(copied, {}, workspace);
    Workspace fresh;
    const SpectralNorm found = spectral_norm(resident, {}, fresh);
    EXPECT_EQ(found.lower, expected.lower);
    EXPECT_EQ(found.upper, expected.upper);
    EXPECT_EQ(found.frobenius_squared, expected.frobenius_squared);
    EXPECT_LT(fresh.bytes(), 1500 * 40 * 4) << "no copy";
}

TEST(KrylovGap, ShrinksWithStepsAndVectorsAndIsOneWithoutSteps)
{
    EXPECT_EQ(krylov_gap(1000, 0, 4), 1);
    EXPECT_EQ(krylov_gap(1000, 1, 1), 1);
    EXPECT_LT(krylov_gap(1000, 20, 1), krylov_gap(1000, 10, 1));
    EXPECT_LT(krylov_gap(1000, 10, 4), krylov_gap(1000, 10, 1));
    // 1.648 √n exp(−√ε (2k − 1)) = 1e-12, by hand.
    const double root = std::sqrt(krylov_gap(4096, 50, 1));
    EXPECT_NEAR(1.648 * 64 * std::exp(-root * 99), 1e-12, 1e-20);
}

TEST(SweepRows, IsTheGramProductOnEveryInstructionSet)
{
    for (const std::int64_t count : {1, 4, 7})
        for (const std::int64_t n : {1, 3, 8, 37}) {
            const DenseMatrix p = gaussian(count, n, 3), x = gaussian(sweep_width, n, 4);
            const std::vector<float> single(p.values.begin(), p.values.end());
            for (const InstructionSet set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
                if (set > widest_instruction_set())
                    continue;
                for (const bool wide : {false, true}) {
                    std::vector<double> z(static_cast<std::size_t>(sweep_width * n), 1.0);
                    double squares[sweep_width] = {};
                    const linalg::ConstMatrixView xs{x.values.data(), n, sweep_width, n};
                    const linalg::MatrixView zs{z.data(), n, sweep_width, n};
                    wide ? sweep_rows(p.values.data(), count, xs, zs, squares, set)
                         : sweep_rows(single.data(), count, xs, zs, squares, set);
                    for (std::int64_t q = 0; q < sweep_width; ++q) {
                        std::vector<double> image(static_cast<std::size_t>(count));
                        double square = 0;
                        for (std::int64_t i = 0; i < count; ++i) {
                            for (std::int64_t j = 0; j < n; ++j)
                                image[static_cast<std::size_t>(i)] += p(i, j) * x(q, j);
                            square += image[static_cast<std::size_t>(i)] * image[static_cast<std::size_t>(i)];
                        }
                        EXPECT_NEAR(squares[q], square, 1e-12 * square);
                        for (std::int64_t j = 0; j < n; ++j) {
                            double sum = 1;
                            for (std::int64_t i = 0; i < count; ++i)
                                sum += p(i, j) * image[static_cast<std::size_t>(i)];
                            EXPECT_NEAR(zs(j, q), sum, 1e-11);
                        }
                    }
                }
            }
        }
}

}  // namespace
}  // namespace specsweep::spectrum
