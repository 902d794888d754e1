#include "spectrum/group_spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "base/integer.hpp"
#include "linalg/blas_library.hpp"
#include "linalg/lapack_failure.hpp"
#include "mpi/patient.hpp"
#include "spectrum/dealt_gram.hpp"
#include "spectrum/group_dense.hpp"
#include "spectrum/group_gram.hpp"
#include "spectrum/group_orthogonal.hpp"
#include "spectrum/peer_failure.hpp"
#include "spectrum/self_check.hpp"
#include "spectrum/unscaled.hpp"

namespace specsweep::spectrum {
namespace {

bool accurate_path_pays(const ScaledSpectrum& gram, std::int64_t length, const SpectrumRequest& request)
{
    if (gram.frobenius_squared == 0)
        return false;
    const double bound = group_orthogonal_bound(std::ssize(gram.sigma), length, gram.sigma.front() + gram.error.front(),
                                                std::sqrt(gram.frobenius_squared), request.certificate);
    return some_value_needs(gram.sigma, gram.error, bound, request.tolerance);
}

Spectrum compute(SharedPieces& matrix, const SpectrumRequest& request, const RankGroup& group, Workspace& workspace)
{
    const std::int64_t nb = request.block_size > 0 ? request.block_size : group_block_size(matrix.width());
    if (request.method == Method::group_gesvd) {
        const ScaledSpectrum dense = group_dense_spectrum(matrix, group, nb, request.certificate, workspace);
        run_on_root_patiently(group.comm, [&] { check_single(dense); });
        return unscaled(dense, request.method);
    }
    if (request.method != Method::group_qr) {
        const ScaledSpectrum gram =
            group_gram_spectrum(matrix, group, nb, request.method, request.certificate, workspace);
        bool again = false;
        run_on_root_patiently(group.comm, [&] {
            check_single(gram);
            again = request.accurate_path == AccuratePath::where_needed &&
                    accurate_path_pays(gram, matrix.length(), request);
        });
        mpi::broadcast(group.comm, again, 0);
        if (!again)
            return unscaled(gram, request.method);
    }
    const ScaledSpectrum accurate = group_orthogonal_spectrum(matrix, group, nb, request.certificate, workspace);
    run_on_root_patiently(group.comm, [&] { check_single(accurate); });
    return unscaled(accurate, Method::group_qr);
}

}  // namespace

Spectrum compute_group_spectrum(PanelSource& source, const SpectrumRequest& request, const RankGroup& group,
                                Workspace& workspace)
{
    linalg::prepare_blas();
    SharedPieces matrix(source, group.comm, workspace);
    try {
        return compute(matrix, request, group, workspace);
    } catch (const linalg::LapackFailure& failure) {
        throw SolverFailure(failure.problem(), failure.why());
    }
}

std::int64_t group_block_size(std::int64_t order)
{
    return order >= 2048 ? 64 : 32;
}

std::int64_t group_working_set_bytes(std::int64_t rows, std::int64_t cols, int ranks)
{
    const std::int64_t k = std::min(rows, cols), length = std::max(rows, cols);
    const std::int64_t nb = group_block_size(k);
    const linalg::GridShape shape = linalg::nearest_square(ranks);
    const std::int64_t gram = checked_add(linalg::DistributedMatrix::most_local_elements(shape, k, k, nb),
                                          linalg::tridiagonal_workspace(shape, k, nb));
    const std::int64_t stack = linalg::DistributedMatrix::most_local_elements(shape, std::min(2 * k, length), k, nb);
    const std::int64_t local_sides = divide_up<std::int64_t>(k, shape.rows) + divide_up<std::int64_t>(k, shape.cols);
    constexpr std::int64_t vectors = 230;  // spectra, Sturm samples, workspaces of nb columns
    const std::int64_t scalapack = checked_add(std::max(gram, stack), 264 * (local_sides + 2 * nb));
    const std::int64_t doubles = checked_add(std::max(scalapack, DealtGram::most_doubles(k, ranks)), vectors * k);
    return checked_add(checked_multiply(doubles, 8), SharedPieces::buffer_bytes(rows, cols, ranks));
}

}  // namespace specsweep::spectrum
