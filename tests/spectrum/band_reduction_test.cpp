#include "spectrum/band_reduction.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/error.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/symmetric_rank_update.hpp"
#include "linalg/tridiagonal_reduction.hpp"
#include "spectrum/bulge_chase.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/panel_reflectors.hpp"
#include "spectrum/workspace.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

struct Kernel {
    std::int64_t half_width;
    InstructionSet instructions;
};

std::vector<Kernel> kernels()
{
    std::vector<Kernel> all;
    for (const InstructionSet set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512})
        if (set <= widest_instruction_set())
            all.push_back({8, set});
    if (widest_instruction_set() == InstructionSet::avx512)
        all.push_back({16, InstructionSet::avx512});
    return all;
}

/// WᵀW / (mn) of a family, lower triangle, padded with zeros; the upper triangle holds NaN: nothing may read it.
class PaddedGram {
public:
    explicit PaddedGram(const DenseMatrix& w)
        : order_(padded_order(w.cols)),
          ld_(linalg::padded_leading_dimension(order_)),
          values_(static_cast<std::size_t>(ld_ * order_), std::nan("")),
          size_(w.cols)
    {
        const DenseMatrix columns = w.transposed();  // row-major transposed = column-major W
        for (std::int64_t j = 0; j < order_; ++j)
            for (std::int64_t i = j; i < order_; ++i)
                view()(i, j) = 0;
        linalg::add_gram_lower({columns.values.data(), w.rows, w.cols, w.rows}, unpadded());
        const double scale = 1 / static_cast<double>(w.rows * w.cols);
        for (std::int64_t j = 0; j < size_; ++j)
            for (std::int64_t i = j; i < size_; ++i)
                view()(i, j) *= scale;
    }
    linalg::MatrixView view() { return {values_.data(), order_, order_, ld_}; }
    linalg::MatrixView unpadded() { return view().block(0, 0, size_, size_); }

private:
    std::int64_t order_, ld_;
    std::vector<double> values_;
    std::int64_t size_;
};

std::vector<VerifiedEigenvalue> by_lapack(PaddedGram gram)
{
    const linalg::MatrixView a = gram.unpadded();
    std::vector<double> diagonal(static_cast<std::size_t>(a.cols)), subdiagonal(static_cast<std::size_t>(a.cols));
    linalg::HeapScratch memory;
    linalg::reduce_to_tridiagonal(a, diagonal, subdiagonal, memory.scratch());
    return eigenvalues_by_multisection(ScaledTridiagonal(diagonal, subdiagonal));
}

struct OwnResult {
    std::vector<VerifiedEigenvalue> eigenvalues;
    double band_frobenius = 0;
};

OwnResult by_own_stages(PaddedGram gram, std::int64_t size, const Kernel& kernel)
{
    const std::int64_t order = gram.view().cols;
    Workspace workspace;
    const BandMatrix band(
        order, kernel.half_width,
        workspace.doubles(Workspace::Slot::band, BandMatrix::memory_needed(order, kernel.half_width)));
    reduce_to_band(gram.view(), band,
                   workspace.doubles(Workspace::Slot::reflectors, band_reduction_memory(order, kernel.half_width)),
                   kernel.instructions);
    OwnResult result;
    for (std::int64_t j = 0; j < order; ++j)
        for (std::int64_t i = j; i <= std::min(order - 1, j + kernel.half_width); ++i)
            result.band_frobenius += (i == j ? 1 : 2) * std::pow(*band.at(i, j), 2);
    std::vector<double> diagonal(static_cast<std::size_t>(order)), subdiagonal(static_cast<std::size_t>(order));
    chase_bulges(band, diagonal, subdiagonal, kernel.instructions);
    const auto n = static_cast<std::size_t>(size);
    result.eigenvalues =
        eigenvalues_by_multisection(ScaledTridiagonal(std::span(diagonal).first(n), std::span(subdiagonal).first(n)));
    return result;
}

TEST(OwnTwoStages, AgreeWithLapackOnEveryFamilyAndInstructionSet)
{
    for (const std::int64_t n : {1, 2, 15, 16, 17, 37, 96, 150, 257})
        for (const MatrixFamily& family : all_families()) {
            const PaddedGram gram(family.make(n + 5, n));
            const auto expected = by_lapack(gram);
            const double largest = expected.back().value;
            double energy = 0;
            for (const auto& one : expected)
                energy += one.value * one.value;
            for (const Kernel& kernel : kernels()) {
                const OwnResult own = by_own_stages(gram, n, kernel);
                // Both are orthogonal similarities of the same matrix: √n·u·λ₁ each, times ten for the tail.
                const double bound = 20 * std::sqrt(static_cast<double>(n) + 16) * 0x1p-53 * largest;
                for (std::size_t k = 0; k < expected.size(); ++k)
                    EXPECT_NEAR(own.eigenvalues[k].value, expected[k].value,
                                bound + own.eigenvalues[k].error + expected[k].error)
                        << family.name << ", n = " << n << ", b = " << kernel.half_width;
                EXPECT_NEAR(own.band_frobenius, energy, 1e-13 * energy) << family.name << ", n = " << n;
            }
        }
}

TEST(OwnTwoStages, ReduceAMatrixOfSeveralTilesInEachDirection)
{
    constexpr std::int64_t n = 403;
    const PaddedGram gram(gaussian(n + 50, n, 31));
    const auto expected = by_lapack(gram);
    for (const Kernel& kernel : kernels()) {
        const OwnResult own = by_own_stages(gram, n, kernel);
        for (std::size_t k = 0; k < expected.size(); ++k)
            EXPECT_NEAR(own.eigenvalues[k].value, expected[k].value, 400 * 0x1p-53 * expected.back().value);
    }
}

TEST(FactorPanel, GivesOrthogonalReflectorsThatReproduceThePanel)
{
    constexpr int b = 8;
    constexpr std::int64_t rows = 200;
    const DenseMatrix original = gaussian(rows, b, 3);
    for (const bool with_zero_column : {false, true}) {
        DenseMatrix panel = original;
        if (with_zero_column)
            for (std::int64_t i = 0; i < rows; ++i)
                panel(i, 3) = 0;
        const DenseMatrix before = panel;
        PanelFactor<b> factor;
        factor_panel<2, b>(panel.values.data(), rows, factor);
        // QᵀP = P − V Tᵀ (VᵀP) must be [R; 0].
        for (int j = 0; j < b; ++j) {
            double vp[b] = {}, tvp[b] = {};
            for (int l = 0; l < b; ++l)
                for (std::int64_t i = 0; i < rows; ++i)
                    vp[l] += panel(i, l) * before(i, j);
            for (int l = 0; l < b; ++l)
                for (int q = 0; q < b; ++q)
                    tvp[l] += factor.t[q * b + l] * vp[q];
            for (std::int64_t i = 0; i < rows; ++i) {
                double value = before(i, j);
                for (int l = 0; l < b; ++l)
                    value -= panel(i, l) * tvp[l];
                EXPECT_NEAR(value, i < b ? factor.r[i * b + j] : 0, 1e-13);
            }
        }
        for (int l = 0; l < b; ++l) {
            EXPECT_EQ(panel(l, l), 1);
            for (int i = 0; i < l; ++i)
                EXPECT_EQ(panel(i, l), 0);
        }
        EXPECT_EQ(factor.t[3 * b + 3] == 0, with_zero_column);
    }
}

TEST(BulgeChase, LeavesATridiagonalMatrixAsItIs)
{
    const std::int64_t n = 48;
    std::vector<double> memory(static_cast<std::size_t>(BandMatrix::memory_needed(n, 8)));
    const BandMatrix band(n, 8, memory);
    for (std::int64_t i = 0; i < n; ++i) {
        band.set(i, i, std::cos(static_cast<double>(i)));
        if (i + 1 < n)
            band.set(i + 1, i, 0.1 * static_cast<double>(i));
    }
    std::vector<double> diagonal(n), subdiagonal(n);
    chase_bulges(band, diagonal, subdiagonal);
    for (std::int64_t i = 0; i < n; ++i) {
        EXPECT_EQ(diagonal[static_cast<std::size_t>(i)], std::cos(static_cast<double>(i)));
        if (i + 1 < n) {
            EXPECT_EQ(subdiagonal[static_cast<std::size_t>(i)], 0.1 * static_cast<double>(i));
        }
    }
}

TEST(BandReduction, RefusesShapesThatDoNotFit)
{
    std::vector<double> memory(100000), square(20 * 20);
    const BandMatrix band(32, 8, memory);
    EXPECT_THROW(reduce_to_band({square.data(), 20, 20, 20}, band, memory), InternalError);
    EXPECT_THROW(BandMatrix(100, 16, std::span(square)), InternalError);
}

}  // namespace
}  // namespace specsweep::spectrum
