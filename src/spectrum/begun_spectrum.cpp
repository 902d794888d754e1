#include "spectrum/begun_spectrum.hpp"

#include <cmath>
#include <utility>

#include "linalg/blas_library.hpp"
#include "linalg/lapack_failure.hpp"
#include "mpi/patient.hpp"
#include "spectrum/group_dense.hpp"
#include "spectrum/group_orthogonal.hpp"
#include "spectrum/group_spectrum.hpp"
#include "spectrum/peer_failure.hpp"
#include "spectrum/self_check.hpp"
#include "spectrum/unscaled.hpp"

namespace specsweep::spectrum {
namespace {

bool has_condensed_gram(Method method)
{
    return method != Method::group_gesvd && method != Method::group_qr;
}

Spectrum without_gram(SharedPieces& matrix, const SpectrumRequest& request, const RankGroup& group, std::int64_t nb,
                      Workspace& workspace)
{
    const ScaledSpectrum scaled = request.method == Method::group_gesvd
                                      ? group_dense_spectrum(matrix, group, nb, request.certificate, workspace)
                                      : group_orthogonal_spectrum(matrix, group, nb, request.certificate, workspace);
    run_on_root_patiently(group.comm, [&] { check_single(scaled); });
    return unscaled(scaled, request.method);
}

bool accurate_path_pays(const ScaledSpectrum& gram, std::int64_t length, const SpectrumRequest& request)
{
    if (gram.frobenius_squared == 0)
        return false;
    const double bound = group_orthogonal_bound(std::ssize(gram.sigma), length, gram.sigma.front() + gram.error.front(),
                                                std::sqrt(gram.frobenius_squared), request.certificate);
    return some_value_needs(gram.sigma, gram.error, bound, request.tolerance);
}

}  // namespace

BegunSpectrum::BegunSpectrum(PanelSource& source, const SpectrumRequest& request, const RankGroup& group,
                             Workspace& workspace)
    : group_(group), request_(request)
{
    linalg::prepare_blas();
    SharedPieces matrix(source, group.comm, workspace);
    const std::int64_t nb = request.block_size > 0 ? request.block_size : group_block_size(matrix.width());
    try {
        if (has_condensed_gram(request.method))
            gram_ = condense_gram(matrix, group, nb, request.method, workspace);
        else
            complete_ = without_gram(matrix, request, group, nb, workspace);
    } catch (const linalg::LapackFailure& failure) {
        throw SolverFailure(failure.problem(), failure.why());
    }
}

BegunSpectrum::BegunSpectrum(CondensedGram gram, const SpectrumRequest& request, const RankGroup& group)
    : group_(group), request_(request), gram_(std::move(gram))
{
}

void find_values(std::span<BegunSpectrum* const> begun)
{
    if (begun.empty())
        return;
    const mpi::Communicator& comm = begun.front()->group_.comm;
    const auto ranks = static_cast<std::size_t>(comm.size());
    for (auto j = static_cast<std::size_t>(comm.rank()); j < begun.size(); j += ranks) {
        BegunSpectrum& mine = *begun[j];
        if (mine.gram_.reduced)
            mine.fault_ = fault_of([&] { mine.values_ = eigenvalues(mine.gram_); });
    }
    for (std::size_t j = 0; j < begun.size(); ++j)
        begun[j]->share_values(static_cast<int>(j % ranks));
}

void BegunSpectrum::share_values(int owner)
{
    if (!gram_.reduced)
        return;
    gram_.reduced.reset();
    failed_ = fault_ != nullptr;
    mpi::broadcast_patiently(group_.comm, failed_, owner);
    if (!failed_)
        mpi::broadcast(group_.comm, values_, owner);
}

std::optional<Spectrum> BegunSpectrum::finish()
{
    if (complete_)
        return std::exchange(complete_, std::nullopt);
    if (fault_)
        std::rethrow_exception(fault_);
    if (failed_)
        throw PeerFailure();
    ScaledSpectrum scaled;
    bool again = false;
    run_on_root_patiently(group_.comm, [&] {
        scaled = spectrum_of(gram_, values_, request_.certificate);
        check_single(scaled);
        again =
            request_.accurate_path == AccuratePath::where_needed && accurate_path_pays(scaled, gram_.length, request_);
    });
    mpi::broadcast(group_.comm, again, 0);
    if (again)
        return std::nullopt;
    return unscaled(scaled, request_.method);
}

}  // namespace specsweep::spectrum
