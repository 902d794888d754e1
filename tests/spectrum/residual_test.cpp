#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <functional>
#include <limits>

#include "cost/cost_model.hpp"
#include "long_double_oracle.hpp"
#include "spectrum/error_free.hpp"
#include "spectrum/gram_residual.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/singular_residual.hpp"
#include "spectrum/spectrum.hpp"
#include "spectrum/twofold_gram.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

/// 334 bits: products of two fp64 numbers and sums of a thousand of them are exact unless they span 200 bits.
using Exact = boost::multiprecision::cpp_bin_float_100;

std::vector<DenseMatrix> hard_matrices(std::int64_t m, std::int64_t n)
{
    std::vector<DenseMatrix> matrices;
    for (const MatrixFamily& family : all_families())
        matrices.push_back(family.make(m, n));
    return matrices;
}

double energy_above(const DenseMatrix& matrix)
{
    long double sum = 0;
    for (const double value : matrix.values)
        sum += static_cast<long double>(value) * value;
    return static_cast<double>(sum) * (1 + 0x1p-40);
}

TEST(ErrorFree, SumsAndProductsAreExact)
{
    std::mt19937_64 generator(7);
    std::uniform_real_distribution<double> mantissa(-1, 1);
    std::uniform_int_distribution<int> exponent(-60, 60);
    for (int trial = 0; trial < 2000; ++trial) {
        const double a = std::ldexp(mantissa(generator), exponent(generator));
        const double b = std::ldexp(mantissa(generator), exponent(generator));
        const ErrorFree sum = two_sum(a, b), product = two_product(a, b);
        EXPECT_EQ(Exact(sum.value) + sum.error, Exact(a) + b);
        EXPECT_EQ(Exact(product.value) + product.error, Exact(a) * b);
    }
}

TEST(SplitColumns, LosesNothingAndMakesHeadsWhoseProductsAreExact)
{
    DenseMatrix columns{7, 256, gaussian(7, 256, 3).values};  // row-major: a column-major 256 × 7
    for (std::int64_t i = 0; i < 256; ++i) {
        columns(1, i) = i % 2 == 0 ? 1 : -0x1p-30;
        columns(2, i) = 0;
        columns(3, i) = std::ldexp(columns(3, i), static_cast<int>(i % 60) - 30);
        columns(4, i) = 1 - 0x1p-53;  // rounds up to the power of two
        columns(5, i) = std::numeric_limits<double>::denorm_min() * static_cast<double>(i);
    }
    DenseMatrix heads = columns, tails = columns;
    const linalg::MatrixView head{heads.values.data(), 256, 7, 256}, tail{tails.values.data(), 256, 7, 256};
    split_columns(head, tail);
    for (std::size_t i = 0; i < columns.values.size(); ++i)
        EXPECT_EQ(Exact(heads.values[i]) + tails.values[i], columns.values[i]);
    for (std::int64_t p = 0; p < 7; ++p)
        for (std::int64_t q = 0; q <= p; ++q) {
            if (p == 5 || q == 5)
                continue;  // products of denormal numbers underflow
            double forwards = 0, backwards = 0;
            Exact exact = 0;
            for (std::int64_t i = 0; i < 256; ++i) {
                forwards += head(i, p) * head(i, q);
                backwards += head(255 - i, p) * head(255 - i, q);
                exact += Exact(head(i, p)) * head(i, q);
            }
            EXPECT_EQ(forwards, exact);
            EXPECT_EQ(backwards, exact);
        }
}

TEST(TwofoldGram, StaysWithinItsErrorOfAHundredDigits)
{
    for (const auto& [m, n] : {std::pair{1, 1}, {255, 9}, {9, 257}, {700, 24}, {24, 24}})
        for (const DenseMatrix& matrix : hard_matrices(m, n)) {
            Workspace workspace;
            DenseSource source(matrix);
            LongSide pieces(source, workspace);
            const double energy = energy_above(matrix);
            const TwofoldGram gram = twofold_gram(pieces, 3, energy, workspace);
            const DenseMatrix tall = m >= n ? matrix : matrix.transposed();
            Exact squares = 0;
            for (std::int64_t i = 0; i < tall.cols; ++i)
                for (std::int64_t j = 0; j < tall.cols; ++j) {
                    Exact sum = 0;
                    for (std::int64_t l = 0; l < tall.rows; ++l)
                        sum += Exact(tall(l, i)) * tall(l, j);
                    const Exact off = Exact(gram.high(i, j)) + gram.low(i, j) - sum / 8;
                    squares += off * off;
                    EXPECT_EQ(gram.high(i, j), gram.high(j, i));
                    EXPECT_EQ(gram.low(i, j), gram.low(j, i));
                }
            EXPECT_LE(sqrt(squares), gram.error);
            EXPECT_LE(gram.error, 0.02 * unit_roundoff * energy / 8);
        }
}

/// Shifts one value of a spectrum that is right: a bound that misses it, or is far above it, fails; so does one that is
/// far above what is right.
void expect_what_values_are_off_by(std::vector<double> values, double most,
                                   const std::function<double(const std::vector<double>&)>& bound)
{
    EXPECT_LE(bound(values), most);
    const double largest = std::max(values.front(), values.back());
    const bool ascending = values.front() < values.back();
    const double shift = 1e-6 * largest;
    for (const bool first : {true, false}) {
        std::vector<double> wrong = values;
        (first ? wrong.front() : wrong.back()) += first == ascending ? -shift : shift;
        EXPECT_GE(bound(wrong), shift * (1 - 1e-9));
        EXPECT_LE(bound(wrong), 2 * shift);
    }
}

TEST(GramResidual, IsWhatTheValuesAreOffByAndLittleMore)
{
    for (const auto& [m, n] : {std::pair{64, 64}, {300, 40}, {40, 300}, {97, 3}, {1, 9}})
        for (const DenseMatrix& matrix : hard_matrices(m, n)) {
            const double energy = energy_above(matrix);
            if (energy == 0)
                continue;
            std::vector<double> ascending;
            for (const long double sigma : singular_values_in_long_double(matrix))
                ascending.insert(ascending.begin(), static_cast<double>(sigma * sigma));
            const double order = std::sqrt(static_cast<double>(matrix.width()));
            expect_what_values_are_off_by(ascending, 40 * order * unit_roundoff * ascending.back(),
                                          [&](const std::vector<double>& values) {
                                              Workspace workspace;
                                              DenseSource source(matrix);
                                              LongSide pieces(source, workspace);
                                              return gram_residual_bound(pieces, 0, values, energy, workspace);
                                          });
        }
}

TEST(SingularResidual, IsWhatTheValuesAreOffByAndLittleMore)
{
    for (const auto& [m, n] : {std::pair{64, 64}, {300, 40}, {40, 300}, {97, 3}, {1, 9}, {600, 257}}) {
        std::vector<DenseMatrix> matrices = hard_matrices(m, n);
        if (m == 600)
            matrices.resize(1);  // Gaussian; two blocks on every side
        for (const DenseMatrix& matrix : matrices) {
            if (energy_above(matrix) == 0)
                continue;
            std::vector<double> descending;
            for (const long double sigma : singular_values_in_long_double(matrix))
                descending.push_back(std::ldexp(static_cast<double>(sigma), -2));
            const double order = std::sqrt(static_cast<double>(matrix.width()));
            expect_what_values_are_off_by(descending, 80 * order * unit_roundoff * descending.front(),
                                          [&](const std::vector<double>& values) {
                                              Workspace workspace;
                                              DenseSource source(matrix);
                                              LongSide pieces(source, workspace);
                                              return singular_residual_bound(pieces, 2, values, workspace);
                                          });
        }
    }
}

TEST(SingularResidual, IsMeasuredForTheShapesThatTheCostModelCounts)
{
    for (const std::int64_t k : {1, 384, 896, 2048, 4096, 5120, 5181, 5200, 8192})
        for (const std::int64_t length : {k, 2 * k, 4 * k, std::int64_t{32000}, std::int64_t{151936}}) {
            const bool counted = cost::predicted_residual_seconds(length, k, "qr-lapack") > 0;
            EXPECT_EQ(measures_singular_residual(std::max(length, k), std::min(length, k)), counted)
                << length << " x " << k;
            EXPECT_EQ(counted, cost::predicted_residual_bytes(k, length, "dgesdd") > 8 * 2 * k * length);
        }
}

TEST(WorstCase, CertifiesTheSameValuesAsTheOtherCertificate)
{
    for (const DenseMatrix& matrix : hard_matrices(300, 120))
        for (const Method method : {Method::two_stage_gram, Method::lapack_gram, Method::lapack_qr, Method::gesdd}) {
            Workspace workspace;
            DenseSource first(matrix), second(matrix);
            SpectrumRequest request;
            request.method = method;
            request.accurate_path = AccuratePath::never;
            const Spectrum probable = compute_spectrum(first, request, workspace);
            request.certificate = Certificate::worst_case;
            const Spectrum certain = compute_spectrum(second, request, workspace);
            EXPECT_EQ(certain.sigma, probable.sigma);
            EXPECT_EQ(certain.method, probable.method);
            EXPECT_LE(certain.error.front(), probable.error.front());
        }
}

}  // namespace
}  // namespace specsweep::spectrum
