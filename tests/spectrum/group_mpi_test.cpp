#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "everybody.hpp"
#include "mpi/collectives.hpp"
#include "mpi/patient.hpp"
#include "spectrum/band_reduction.hpp"
#include "spectrum/bulge_chase.hpp"
#include "spectrum/group_band.hpp"
#include "spectrum/group_norm.hpp"
#include "spectrum/group_spectrum.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/peer_failure.hpp"
#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

constexpr Method group_methods[] = {Method::group_two_stage, Method::group_gram, Method::group_gram_panels,
                                    Method::group_qr, Method::group_gesvd};

Spectrum by_one_rank(const DenseMatrix& matrix, Precision precision = Precision::fp32)
{
    DenseSource source(matrix, precision);
    Workspace workspace;
    SpectrumRequest request;
    request.method = Method::lapack_qr;
    return compute_spectrum(source, request, workspace);
}

void expect_agreement(const Spectrum& group, const Spectrum& one)
{
    if (!everybody().comm.is_root()) {
        EXPECT_TRUE(group.sigma.empty());
        return;
    }
    ASSERT_EQ(group.sigma.size(), one.sigma.size());
    for (std::size_t k = 0; k < one.sigma.size(); ++k) {
        ASSERT_NEAR(group.sigma[k], one.sigma[k], group.error[k] + one.error[k]) << k;
    }
    EXPECT_LE(std::fabs(group.frobenius_squared - one.frobenius_squared),
              group.frobenius_squared_error + one.frobenius_squared_error);
}

TEST(GroupSpectrum, AgreesWithOneRankForEveryEdgeOfTheDistribution)
{
    const std::int64_t nb = group_block_size(100);
    for (const auto& [m, n] : {std::pair<std::int64_t, std::int64_t>{1, 1},
                               {nb - 1, nb - 1},
                               {nb, nb},
                               {nb + 1, nb + 1},
                               {5 * nb + 1, 5 * nb + 1},
                               {600, 10},
                               {10, 600},
                               {700, 90},
                               {90, 700}})
        for (const Method method : group_methods) {
            SCOPED_TRACE(std::string(name(method)) + " " + std::to_string(m) + " x " + std::to_string(n));
            const DenseMatrix matrix = gaussian(m, n, 5);
            expect_agreement(by_group(matrix, method, AccuratePath::never), by_one_rank(matrix));
        }
}

TEST(GroupSpectrum, AgreesWithOneRankForEveryFamily)
{
    for (const MatrixFamily& family : all_families()) {
        SCOPED_TRACE(family.name);
        const DenseMatrix matrix = family.make(150, 70);
        const Spectrum one = by_one_rank(matrix);
        for (const Method method : group_methods)
            expect_agreement(by_group(matrix, method), one);
    }
}

TEST(GroupSpectrum, ScalesFp64Matrices)
{
    for (const auto& [m, n] : {std::pair{130, 70}, {70, 130}}) {
        DenseMatrix matrix = gaussian(m, n, 6);
        for (double& value : matrix.values)
            value *= 1e-200;
        const Spectrum one = by_one_rank(matrix, Precision::fp64);
        for (const Method method : {Method::group_two_stage, Method::group_gram}) {
            const Spectrum group = by_group(matrix, method, AccuratePath::where_needed, Precision::fp64);
            if (everybody().comm.is_root())
                for (std::size_t k = 0; k < one.sigma.size(); ++k) {
                    ASSERT_NEAR(group.sigma[k], one.sigma[k], group.error[k] + one.error[k]);
                }
        }
    }
}

TEST(GroupSpectrum, TakesTheAccuratePathWhereTheToleranceAsksForIt)
{
    for (const Method method : {Method::group_two_stage, Method::group_gram}) {
        const Spectrum easy = by_group(gaussian(300, 100), method);
        const Spectrum hard = by_group(graded(200, 100, 0, 6), method);
        if (!everybody().comm.is_root())
            continue;
        EXPECT_EQ(easy.method, name(method));
        EXPECT_EQ(hard.method, "qr-scalapack");
        for (std::size_t k = 0; k < hard.sigma.size(); ++k)
            EXPECT_LE(hard.error[k], std::max(1e-4 * hard.sigma[k], 1e-9 * hard.sigma[0])) << k;
    }
}

TEST(GroupSpectrum, RepeatsBitForBit)
{
    const DenseMatrix matrix = gaussian(300, 130, 9);
    for (const Method method : group_methods)
        for (int again = 0; again < 3; ++again)
            EXPECT_EQ(by_group(matrix, method).sigma, by_group(matrix, method).sigma) << name(method);
}

class FailingSource : public DenseSource {
public:
    FailingSource(const DenseMatrix& matrix, int failing_rank) : DenseSource(matrix), failing_rank_(failing_rank) {}
    void read(std::int64_t first, std::int64_t count, float* out) override
    {
        if (mpi::Communicator::world().rank() == failing_rank_)
            throw IoError("the disk of this rank is gone");
        DenseSource::read(first, count, out);
    }

private:
    int failing_rank_;
};

TEST(GroupSpectrum, AFailingRankEndsTheUnitOnAll)
{
    const int last = everybody().comm.size() - 1;
    const bool fails_here = everybody().comm.rank() == last;
    for (const auto& [m, n] : {std::pair{256 * 8, 40}, {40, 256 * 8}, {256 * 8, 256 * 8}}) {
        const DenseMatrix matrix = matrix_of(m, n, [](auto i, auto j) { return i == j ? 1 : 0; });
        // Only ranks that read anything can fail: a small matrix has fewer panels than the group has ranks.
        if (m < 256 * everybody().comm.size())
            continue;
        FailingSource source(matrix, last);
        Workspace workspace;
        for (const Method method : {Method::group_two_stage, Method::group_gram}) {
            SpectrumRequest request;
            request.method = method;
            try {
                compute_group_spectrum(source, request, everybody(), workspace);
                ADD_FAILURE() << "nothing was thrown";
            } catch (const IoError&) {
                EXPECT_TRUE(fails_here);
            } catch (const PeerFailure&) {
                EXPECT_FALSE(fails_here);
            }
        }
    }
    // The group is whole again.
    const DenseMatrix matrix = gaussian(90, 60);
    expect_agreement(by_group(matrix, Method::group_two_stage), by_one_rank(matrix));
}

TEST(GroupSpectrum, RefusesWhatIsNotFiniteOnAllRanks)
{
    DenseMatrix matrix = gaussian(300, 40);
    matrix(299, 3) = std::numeric_limits<double>::infinity();
    EXPECT_THROW(by_group(matrix, Method::group_two_stage), Error);
    EXPECT_THROW(by_group(matrix, Method::group_gram), Error);
    EXPECT_THROW(by_group(matrix, Method::group_qr), Error);
}

TEST(GroupSpectrum, HoldsNoMoreThanItsWorkingSet)
{
    for (const auto& [m, n] : {std::pair{700, 300}, {300, 700}})
        for (const Method method : {Method::group_two_stage, Method::group_gram, Method::group_qr}) {
            const DenseMatrix matrix = gaussian(m, n);
            DenseSource source(matrix);
            Workspace workspace;
            SpectrumRequest request;
            request.method = method;
            compute_group_spectrum(source, request, everybody(), workspace);
            constexpr std::int64_t huge_pages = 7 * (2 << 20);
            EXPECT_LE(workspace.bytes(), group_working_set_bytes(m, n, everybody().comm.size()) + huge_pages);
        }
}

/// Every kernel on small orders: compute_group_spectrum() takes half-width 16 from order 1024 on only.
TEST(GroupBand, HasTheEigenvaluesOfTheMatrixForEveryKernel)
{
    struct Kernel {
        std::int64_t half_width;
        InstructionSet instructions;
    };
    std::vector<Kernel> kernels{{8, InstructionSet::plain}};
    const InstructionSet widest = group_instruction_set(everybody().comm);
    if (widest >= InstructionSet::avx2)
        kernels.push_back({8, InstructionSet::avx2});
    if (widest == InstructionSet::avx512) {
        kernels.push_back({8, InstructionSet::avx512});
        kernels.push_back({16, InstructionSet::avx512});
    }
    const mpi::Communicator& comm = everybody().comm;
    for (const std::int64_t n : {16, 32, 48, 80, 400}) {
        const DenseMatrix w = gaussian(n, n, 12);  // its lower triangle, as a symmetric matrix
        const DealtColumns columns(n, comm.size());
        const std::int64_t own = columns.extent(comm.rank());
        for (const Kernel& kernel : kernels) {
            SCOPED_TRACE(std::to_string(n) + ", b = " + std::to_string(kernel.half_width));
            std::vector<double> dealt(static_cast<std::size_t>(n * own), std::nan(""));
            std::vector<double> whole(static_cast<std::size_t>(n * n), std::nan(""));
            for (std::int64_t j = 0; j < n; ++j)
                for (std::int64_t i = j; i < n; ++i) {
                    whole[static_cast<std::size_t>(i + j * n)] = w(i, j);
                    if (columns.owner(j) == comm.rank())
                        dealt[static_cast<std::size_t>(i + columns.local(j) * n)] = w(i, j);
                }
            const auto count = [](std::int64_t doubles) { return static_cast<std::size_t>(doubles); };
            std::vector<double> band_memory(count(BandMatrix::memory_needed(n, kernel.half_width)));
            std::vector<double> memory(count(band_reduction_memory(n, kernel.half_width)));
            const BandMatrix band(n, kernel.half_width, band_memory);
            reduce_to_band({comm, columns, {dealt.data(), n, own, n}}, band, memory, kernel.instructions);
            std::vector<double> expected_memory(band_memory.size());
            const BandMatrix expected(n, kernel.half_width, expected_memory);
            reduce_to_band({whole.data(), n, n, n}, expected, memory, kernel.instructions);
            const auto eigenvalues = [n](const BandMatrix& b) {
                std::vector<double> d(static_cast<std::size_t>(n)), e(static_cast<std::size_t>(n));
                chase_bulges(b, d, e);
                return eigenvalues_by_multisection(ScaledTridiagonal(d, e));
            };
            const auto mine = eigenvalues(band), alone = eigenvalues(expected);
            // Two orthogonal similarities of one matrix: 20 √n u ‖A‖₂, as in band_reduction_test.cpp.
            const double largest = std::max(-alone.front().value, alone.back().value);
            const double bound = 20 * std::sqrt(static_cast<double>(n)) * 0x1p-53 * largest;
            for (std::size_t k = 0; k < alone.size(); ++k)
                ASSERT_NEAR(mine[k].value, alone[k].value, bound + mine[k].error + alone[k].error) << k;
        }
    }
}

TEST(GroupSpectrum, AgreesWithOneRankWhereTheBandIsSixteenWide)
{
    const DenseMatrix matrix = gaussian(1100, 1045, 3);
    expect_agreement(by_group(matrix, Method::group_two_stage, AccuratePath::never), by_one_rank(matrix));
}

TEST(GroupNorm, EnclosesTheLargestSingularValueOfEveryFamily)
{
    for (const auto& [m, n] : {std::pair{1, 5}, {700, 60}, {60, 700}, {1500, 90}})
        for (const MatrixFamily& family : all_families()) {
            SCOPED_TRACE(std::string(family.name) + " " + std::to_string(m) + " x " + std::to_string(n));
            const DenseMatrix matrix = family.make(m, n);
            DenseSource source(matrix);
            Workspace workspace;
            for (const std::int64_t steps : {5, 60}) {
                NormRequest request;
                request.most_steps = steps;
                const SpectralNorm norm = group_spectral_norm(source, request, everybody().comm, workspace);
                if (!everybody().comm.is_root()) {
                    EXPECT_EQ(norm.upper, 0);
                    continue;
                }
                const Spectrum exact = by_one_rank(matrix);
                EXPECT_LE(norm.lower, exact.sigma[0] + exact.error[0]);
                EXPECT_GE(norm.upper, exact.sigma[0] - exact.error[0]);
                if (steps == 60) {
                    EXPECT_GE(norm.lower, exact.sigma[0] * (1 - 1e-3));
                }
                EXPECT_LE(std::fabs(norm.frobenius_squared - exact.frobenius_squared),
                          norm.frobenius_squared_error + exact.frobenius_squared_error);
            }
        }
}

TEST(GroupNorm, ReadsAgainWhatItCannotKeep)
{
    // 8k² bytes over the ranks are far less than 4mn here: rows are read in every pass.
    const DenseMatrix matrix = gaussian(256 * 14, 40, 2);
    DenseSource source(matrix);
    Workspace workspace;
    const SpectralNorm norm = group_spectral_norm(source, {}, everybody().comm, workspace);
    if (everybody().comm.is_root()) {
        const Spectrum exact = by_one_rank(matrix);
        EXPECT_GE(norm.lower, exact.sigma[0] * (1 - 1e-3));
        EXPECT_LE(norm.lower, exact.sigma[0] + exact.error[0]);
    }
}

/// Fails when it is read for the `failing`-th time.
class WornSource : public DenseSource {
public:
    WornSource(const DenseMatrix& matrix, bool fails_here, int failing)
        : DenseSource(matrix), fails_here_(fails_here), left_(failing)
    {
    }
    void read(std::int64_t first, std::int64_t count, float* out) override
    {
        if (fails_here_ && --left_ == 0)
            throw IoError("the disk of this rank is gone");
        DenseSource::read(first, count, out);
    }

private:
    bool fails_here_;
    int left_;
};

TEST(GroupNorm, AFailingRankEndsItOnAll)
{
    const mpi::Communicator& comm = everybody().comm;
    const DenseMatrix matrix = gaussian(256 * 14, 40, 2);  // at least two panels a rank, read in every pass
    for (const int rank : {0, comm.size() - 1})
        for (const int failing : {1, 2, 7}) {
            WornSource source(matrix, comm.rank() == rank, failing);
            Workspace workspace;
            try {
                group_spectral_norm(source, {}, comm, workspace);
                ADD_FAILURE() << "nothing was thrown";
            } catch (const IoError&) {
                EXPECT_EQ(comm.rank(), rank);
            } catch (const PeerFailure&) {
                EXPECT_NE(comm.rank(), rank);
            }
        }
}

TEST(PatientBroadcast, BringsTheValueToAll)
{
    int value = everybody().comm.is_root() ? 42 : 0;
    mpi::broadcast_patiently(everybody().comm, value, 0);
    EXPECT_EQ(value, 42);
}

}  // namespace
}  // namespace specsweep::spectrum
