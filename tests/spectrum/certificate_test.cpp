#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "linalg/dense_singular_values.hpp"
#include "linalg/lapack_failure.hpp"
#include "long_double_oracle.hpp"
#include "spectrum/gram_certificate.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/spectrum.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

struct Route {
    std::string name;
    SpectrumRequest request;
};

std::vector<Route> routes()
{
    SpectrumRequest standard, gram, accurate, worst, worst_accurate, own;
    own.method = Method::two_stage_gram;
    own.accurate_path = AccuratePath::never;
    gram.method = Method::lapack_gram;
    gram.accurate_path = AccuratePath::never;
    accurate.method = Method::lapack_qr;
    worst.certificate = Certificate::worst_case;
    worst.accurate_path = AccuratePath::never;
    worst_accurate.certificate = Certificate::worst_case;
    worst_accurate.method = Method::lapack_qr;
    return {{"default", standard},  {"one stage", gram},         {"two stages", own},
            {"accurate", accurate}, {"gram, worst case", worst}, {"accurate, worst case", worst_accurate}};
}

/// Counts values outside their bound; `oracle_error` is what the reference itself may be off by, relative to σ₁.
int violations(const DenseMatrix& matrix, Precision precision, const std::vector<long double>& exact,
               double oracle_error, const std::string& label)
{
    int count = 0;
    Workspace workspace;
    for (const Route& route : routes()) {
        DenseSource source(matrix, precision);
        const Spectrum computed = compute_spectrum(source, route.request, workspace);
        for (std::size_t k = 0; k < exact.size(); ++k) {
            const long double observed = std::fabs(computed.sigma[k] - exact[k]);
            if (!(observed <= computed.error[k] + oracle_error * exact[0])) {
                ++count;
                ADD_FAILURE() << label << ", " << route.name << ": sigma " << k + 1 << " off by " << observed
                              << ", bound " << computed.error[k] << ", sigma 1 = " << exact[0];
                break;
            }
        }
    }
    return count;
}

/// For orders where 80-bit arithmetic takes too long. dgesvj gives up on a few matrices of rank one; dgesdd does not.
std::vector<long double> by_lapack(const DenseMatrix& matrix)
{
    // A row-major wide matrix is a column-major tall one.
    const DenseMatrix wide = matrix.rows <= matrix.cols ? matrix : matrix.transposed();
    const auto view = [&](DenseMatrix& copy) {
        return linalg::MatrixView{copy.values.data(), wide.cols, wide.rows, wide.cols};
    };
    DenseMatrix copy = wide;
    std::vector<double> sigma;
    try {
        sigma = linalg::singular_values_jacobi(view(copy));
    } catch (const linalg::LapackFailure&) {
        copy = wide;
        sigma = linalg::singular_values_gesdd(view(copy));
    }
    return {sigma.begin(), sigma.end()};
}

TEST(Certificate, IsNeverViolatedAgainst80BitJacobi)
{
    int total = 0;
    for (const auto& [m, n] :
         {std::pair{1, 1}, {2, 2}, {2, 1}, {1, 37}, {37, 37}, {300, 64}, {64, 300}, {97, 101}, {600, 20}})
        for (const MatrixFamily& family : all_families()) {
            const DenseMatrix matrix = family.make(m, n);
            total += violations(matrix, Precision::fp32, singular_values_in_long_double(matrix), 0,
                                family.name + " " + std::to_string(m) + " x " + std::to_string(n));
        }
    EXPECT_EQ(total, 0);
}

TEST(Certificate, IsNeverViolatedAtPanelEdgesAndLargerOrders)
{
    int total = 0;
    const auto families = all_families();
    const std::vector<std::pair<std::int64_t, std::int64_t>> shapes{
        {255, 255}, {256, 256}, {257, 257}, {256, 771}, {500, 300}};
    for (std::size_t s = 0; s < shapes.size(); ++s)
        for (std::size_t f = s % 2; f < families.size(); f += 2) {  // every family at two shapes or three
            const auto& [m, n] = shapes[s];
            const DenseMatrix matrix = families[f].make(m, n);
            // Either is off by a few ε·√max(m, n) of the largest value at most.
            const double oracle = 4 * 0x1p-52 * std::sqrt(static_cast<double>(matrix.length()));
            total += violations(matrix, Precision::fp32, by_lapack(matrix), oracle,
                                families[f].name + " " + std::to_string(m) + " x " + std::to_string(n));
        }
    for (const std::size_t f : {std::size_t{0}, std::size_t{2}, std::size_t{6}, std::size_t{8}}) {
        const DenseMatrix matrix = families[f].make(771, 500);
        const double oracle = 4 * 0x1p-52 * std::sqrt(771.0);
        total += violations(matrix, Precision::fp32, by_lapack(matrix), oracle, families[f].name + " 771 x 500");
    }
    EXPECT_EQ(total, 0);
}

TEST(Certificate, IsNeverViolatedFarFromOne)
{
    const DenseMatrix plain = gaussian(90, 60, 21);
    const std::vector<long double> exact = singular_values_in_long_double(plain);
    for (const double factor : {1e-140, 1e-300, 1e140}) {
        DenseMatrix matrix = plain;
        for (double& value : matrix.values)
            value *= factor;
        std::vector<long double> scaled = exact;
        for (long double& value : scaled)
            value *= factor;
        // The products above are rounded once: relative 2⁻⁵³ of each entry, at most 2⁻⁵³·‖W‖_F of any singular value.
        EXPECT_EQ(violations(matrix, Precision::fp64, scaled, 0x1p-53 * 8, "times " + std::to_string(factor)), 0);
    }
    DenseMatrix large = plain;
    for (double& value : large.values)
        value = static_cast<float>(value * 6e37);  // near the largest fp32 number
    EXPECT_EQ(violations(large, Precision::fp32, singular_values_in_long_double(large), 0, "near the largest float"),
              0);
    for (double& value : large.values)
        value = static_cast<float>(value * 1e-80);  // fp32 denormals
    EXPECT_EQ(violations(large, Precision::fp32, singular_values_in_long_double(large), 0, "denormal floats"), 0);
}

TEST(Certificate, ProbabilisticBoundsAreFarBelowWorstCaseOnes)
{
    const GramFacts facts{768, 3, 1.0, 192.0};
    const double probable = gram_eigenvalue_bound(facts, Certificate::probabilistic);
    EXPECT_GT(gram_eigenvalue_bound(facts, Certificate::worst_case), 1000 * probable);
    EXPECT_LT(probable, 1e-12);
    EXPECT_GT(probable, std::sqrt(768.0) * unit_roundoff);
}

TEST(SquareRootBound, EnclosesEveryRootOfTheInterval)
{
    for (const double lambda : {-1e-15, 0.0, 1e-16, 1e-10, 0.3, 1.0})
        for (const double delta : {1e-15, 1e-12, 1e-3}) {
            const long double root = std::sqrt(std::max<long double>(0, lambda));
            const double bound = square_root_bound(lambda, delta);
            for (const long double sign : {-1.0L, 0.0L, 1.0L}) {
                const long double other = std::sqrt(std::max<long double>(0, lambda + sign * delta));
                EXPECT_LE(std::fabs(other - std::sqrt(std::max(0.0, lambda))), bound) << lambda << " " << delta;
                EXPECT_LE(bound, std::sqrt(2 * static_cast<long double>(delta)) + root);
            }
        }
}

}  // namespace
}  // namespace specsweep::spectrum
