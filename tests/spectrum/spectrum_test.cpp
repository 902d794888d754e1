#include "spectrum/spectrum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

Spectrum spectrum_of(const DenseMatrix& matrix, const SpectrumRequest& request = {},
                     Precision precision = Precision::fp32)
{
    DenseSource source(matrix, precision);
    Workspace workspace;
    return compute_spectrum(source, request, workspace);
}

SpectrumRequest only_gram()
{
    SpectrumRequest request;
    request.accurate_path = AccuratePath::never;
    return request;
}

SpectrumRequest accurate()
{
    SpectrumRequest request;
    request.method = Method::lapack_qr;
    return request;
}

TEST(ComputeSpectrum, OfAZeroMatrixIsZeroWithoutError)
{
    for (const SpectrumRequest& request : {SpectrumRequest{}, accurate()}) {
        const Spectrum zero = spectrum_of(matrix_of(7, 4, [](auto, auto) { return 0; }), request);
        EXPECT_EQ(zero.sigma, std::vector<double>(4, 0));
        EXPECT_EQ(zero.error, std::vector<double>(4, 0));
        EXPECT_EQ(zero.frobenius_squared, 0);
    }
}

TEST(ComputeSpectrum, OfAConstantMatrixHasOneValue)
{
    const Spectrum found = spectrum_of(matrix_of(300, 200, [](auto, auto) { return 0.5; }));
    EXPECT_NEAR(found.sigma[0], 0.5 * std::sqrt(300.0 * 200.0), found.error[0]);
    EXPECT_EQ(found.frobenius_squared, 0.25 * 300 * 200);
    for (std::size_t k = 1; k < 200; ++k)
        EXPECT_LE(found.sigma[k], found.error[k]);
}

TEST(ComputeSpectrum, OfASingleRowOrColumnIsItsNorm)
{
    for (const bool row : {false, true}) {
        const DenseMatrix matrix = row ? gaussian(1, 1000) : gaussian(1000, 1);
        long double exact = 0;
        for (const double value : matrix.values)
            exact += static_cast<long double>(value) * value;
        for (const SpectrumRequest& request : {SpectrumRequest{}, accurate()}) {
            const Spectrum found = spectrum_of(matrix, request);
            ASSERT_EQ(found.sigma.size(), 1U);
            EXPECT_LE(std::fabs(found.sigma[0] - std::sqrt(exact)), found.error[0]);
            EXPECT_LE(std::fabs(found.frobenius_squared - exact), found.frobenius_squared_error);
        }
    }
}

TEST(ComputeSpectrum, IsTheSameForTheTransposeOfARectangle)
{
    const DenseMatrix tall = gaussian(530, 257);
    const Spectrum a = spectrum_of(tall), b = spectrum_of(tall.transposed());
    EXPECT_EQ(a.sigma, b.sigma);
    EXPECT_EQ(a.error, b.error);
    EXPECT_EQ(a.frobenius_squared, b.frobenius_squared);
}

TEST(ComputeSpectrum, AgreesForTheTransposeOfASquareWithinItsBounds)
{
    const DenseMatrix square = gaussian(257, 257);
    const Spectrum a = spectrum_of(square), b = spectrum_of(square.transposed());
    for (std::size_t k = 0; k < a.sigma.size(); ++k)
        EXPECT_NEAR(a.sigma[k], b.sigma[k], a.error[k] + b.error[k]);
}

TEST(ComputeSpectrum, AgreesForPermutedRowsAndColumnsWithinItsBounds)
{
    const DenseMatrix matrix = graded(300, 120, 1, 2);
    const DenseMatrix permuted =
        matrix_of(300, 120, [&](std::int64_t i, std::int64_t j) { return matrix(i * 7 % 300, 119 - j); });
    const Spectrum a = spectrum_of(matrix), b = spectrum_of(permuted);
    for (std::size_t k = 0; k < a.sigma.size(); ++k)
        EXPECT_NEAR(a.sigma[k], b.sigma[k], a.error[k] + b.error[k]);
}

TEST(ComputeSpectrum, CommutesWithScalingByPowersOfTwoBitForBit)
{
    const DenseMatrix matrix = graded(150, 90, 1, 3);
    for (const SpectrumRequest& request : {only_gram(), accurate()})
        for (const int exponent : {-300, -61, -1, 1, 40, 411}) {
            DenseMatrix scaled = matrix;
            for (double& value : scaled.values)
                value = std::ldexp(value, exponent);
            const bool fits = std::abs(exponent) <= 61;
            const Spectrum a = spectrum_of(matrix, request);
            const Spectrum b = spectrum_of(scaled, request, fits ? Precision::fp32 : Precision::fp64);
            for (std::size_t k = 0; k < a.sigma.size(); ++k) {
                EXPECT_EQ(std::ldexp(a.sigma[k], exponent), b.sigma[k]);
                EXPECT_EQ(std::ldexp(a.error[k], exponent), b.error[k]);
            }
            EXPECT_EQ(std::ldexp(a.frobenius_squared, 2 * exponent), b.frobenius_squared);
        }
}

TEST(ComputeSpectrum, DoesNotDependOnWhatTheWorkspaceHeldBefore)
{
    Workspace used;
    const DenseMatrix large = gaussian(400, 300), small = graded(70, 90, 2, 2);
    for (const SpectrumRequest& request : {SpectrumRequest{}, accurate()}) {
        DenseSource first(large), second(small);
        compute_spectrum(first, request, used);
        const std::int64_t bytes = used.bytes();
        const Spectrum again = compute_spectrum(second, request, used);
        EXPECT_EQ(used.bytes(), std::max(bytes, used.bytes()));
        const Spectrum fresh = spectrum_of(small, request);
        EXPECT_EQ(again.sigma, fresh.sigma);
        EXPECT_EQ(again.error, fresh.error);
    }
}

TEST(ComputeSpectrum, TakesTheAccuratePathWhereTheToleranceAsksForIt)
{
    EXPECT_EQ(spectrum_of(gaussian(300, 100)).method, "gram-two-stage");
    const DenseMatrix hard = graded(200, 100, 0, 6);
    const Spectrum found = spectrum_of(hard);
    EXPECT_EQ(found.method, "qr-lapack");
    for (std::size_t k = 0; k < found.sigma.size(); ++k)
        EXPECT_LE(found.error[k], std::max(1e-4 * found.sigma[k], 1e-9 * found.sigma[0])) << k;
    const Spectrum gram = spectrum_of(hard, only_gram());
    EXPECT_EQ(gram.method, "gram-two-stage");
    EXPECT_GT(gram.error.back(), 1e-4 * gram.sigma.back());
    SpectrumRequest loose;
    loose.tolerance = 1e10;
    EXPECT_EQ(spectrum_of(hard, loose).method, "gram-two-stage");
}

TEST(ComputeSpectrum, ResolvesTheValuesOfARankDeficientMatrixThatAreNotZero)
{
    const Spectrum found = spectrum_of(low_rank(400, 256, 3));
    EXPECT_EQ(found.method, "qr-lapack");
    for (std::size_t k = 0; k < found.sigma.size(); ++k) {
        EXPECT_LE(found.error[k], 1e-12 * found.sigma[0]);
        if (k >= 3) {
            EXPECT_LE(found.sigma[k], found.error[k]);
        }
    }
}

TEST(ComputeSpectrum, RefusesWhatIsNotFinite)
{
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        for (const SpectrumRequest& request : {SpectrumRequest{}, accurate()}) {
            DenseMatrix matrix = gaussian(20, 10);
            matrix(13, 4) = bad;
            EXPECT_THROW(spectrum_of(matrix, request), InputError);
        }
}

TEST(WorkingSetBytes, IsWhatAMatrixNeedsAndScalesWithTheShortSideOnly)
{
    for (const auto& [m, n] : {std::pair{700, 300}, {300, 700}, {300, 300}}) {
        const DenseMatrix matrix = gaussian(m, n);
        SpectrumRequest worst_case;
        worst_case.certificate = Certificate::worst_case;
        for (const SpectrumRequest& request : {SpectrumRequest{}, accurate(), worst_case}) {
            DenseSource source(matrix);
            Workspace workspace;
            compute_spectrum(source, request, workspace);
            constexpr std::int64_t huge_pages = 9 * (2 << 20);  // each buffer is rounded up to one
            EXPECT_LE(workspace.bytes(), working_set_bytes(m, n, request.method, request.certificate) + huge_pages);
        }
    }
    // 8k² + panels + 100 MB, for the largest matrix in the issue.
    constexpr std::int64_t k = 896, vocabulary = 151936;
    EXPECT_LE(working_set_bytes(vocabulary, k, Method::automatic), 8 * k * k + 256 * k * 12 + 10'000'000);
    EXPECT_LE(working_set_bytes(4096, 14336, Method::automatic),
              std::int64_t{8} * 4096 * 4096 + 256 * (14336 * 4 + 4096 * 8) + 100'000'000);
}

TEST(Method, HasTheNamesOfTheResultFile)
{
    for (const Method method : all_methods())
        EXPECT_EQ(parse_method(name(method)), method);
    EXPECT_EQ(name(Method::lapack_gram), "gram-lapack");
    EXPECT_EQ(name(Method::lapack_qr), "qr-lapack");
    EXPECT_EQ(name(Method::two_stage_gram), "gram-two-stage");
    EXPECT_EQ(parse_method("gram"), std::nullopt);
    for (const Certificate certificate : {Certificate::probabilistic, Certificate::worst_case})
        EXPECT_EQ(parse_certificate(name(certificate)), certificate);
    EXPECT_EQ(parse_certificate("worst_case"), std::nullopt);
}

}  // namespace
}  // namespace specsweep::spectrum
