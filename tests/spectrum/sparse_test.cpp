#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "dense_source.hpp"
#include "spectrum/spectrum.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {
namespace {

/// What a coarse quantizer leaves of a matrix: a few equal entries, most rows empty. Its Gram matrix falls into many
/// parts that do not touch, and what reductions leave between them is u, u², u⁴ … of its size, down to underflow.
DenseMatrix few_entries(std::int64_t n, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_int_distribution<std::int64_t> index(0, n - 1);
    std::vector<std::int64_t> rows(static_cast<std::size_t>(std::max<std::int64_t>(2, n / 10)));
    for (std::int64_t& row : rows)
        row = index(random);
    DenseMatrix matrix{n, n, std::vector<double>(static_cast<std::size_t>(n * n))};
    const std::int64_t entries = n / 12 + index(random) * (n / 4 - n / 12) / n;
    for (std::int64_t i = 0; i < entries; ++i)
        matrix(rows[static_cast<std::size_t>(index(random)) % rows.size()], index(random)) =
            i % 2 == 0 ? 0.361328125F : -0.361328125F;
    return matrix;
}

Spectrum spectrum_of(const DenseMatrix& matrix, Method method)
{
    DenseSource source(matrix);
    Workspace workspace;
    SpectrumRequest request;
    request.method = method;
    request.accurate_path = AccuratePath::never;
    return compute_spectrum(source, request, workspace);
}

/// Without the accurate path, so that the engine's own reflectors are what is tested; compute_spectrum() checks the
/// energy, this test every value.
TEST(SparseMatrix, TwoStagesAgreeWithLapackWithinBothBounds)
{
    for (const std::int64_t n : {40, 96, 200, 384})
        for (unsigned seed = 0; seed < 40; ++seed) {
            const DenseMatrix matrix = few_entries(n, seed);
            const Spectrum own = spectrum_of(matrix, Method::two_stage_gram);
            const Spectrum lapack = spectrum_of(matrix, Method::lapack_gram);
            ASSERT_EQ(own.sigma.size(), lapack.sigma.size());
            for (std::size_t k = 0; k < own.sigma.size(); ++k)
                ASSERT_LE(std::abs(own.sigma[k] - lapack.sigma[k]), own.error[k] + lapack.error[k])
                    << "n " << n << ", seed " << seed << ", k " << k;
        }
}

}  // namespace
}  // namespace specsweep::spectrum
