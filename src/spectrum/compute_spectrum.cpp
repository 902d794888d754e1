#include <algorithm>
#include <cmath>
#include <span>

#include "base/integer.hpp"
#include "linalg/blas_library.hpp"
#include "linalg/lapack_failure.hpp"
#include "linalg/leading_dimension.hpp"
#include "spectrum/band_reduction.hpp"
#include "spectrum/dense_route.hpp"
#include "spectrum/gram_residual.hpp"
#include "spectrum/gram_route.hpp"
#include "spectrum/lanczos.hpp"
#include "spectrum/orthogonal_route.hpp"
#include "spectrum/self_check.hpp"
#include "spectrum/singular_residual.hpp"
#include "spectrum/spectrum.hpp"
#include "spectrum/tridiagonal_route.hpp"
#include "spectrum/unscaled.hpp"

namespace specsweep::spectrum {
namespace {

bool accurate_path_pays(std::span<const double> sigma, std::span<const double> error, double frobenius,
                        std::int64_t length, double tolerance, Certificate certificate)
{
    const double bound =
        expected_orthogonal_bound(std::ssize(sigma), length, sigma.front() + error.front(), frobenius, certificate);
    return some_value_needs(sigma, error, bound, tolerance);
}

Spectrum compute(LongSide& matrix, const SpectrumRequest& request, Workspace& workspace)
{
    if (request.method == Method::gesdd) {
        const ScaledSpectrum dense = dense_spectrum(matrix, request.certificate, workspace);
        check_single(dense);
        return unscaled(dense, Method::gesdd);
    }
    if (request.method != Method::lapack_qr) {
        const Method method = request.method == Method::automatic ? Method::two_stage_gram : request.method;
        const ScaledSpectrum gram = gram_spectrum(matrix, method, request.certificate, workspace);
        check_single(gram);
        if (request.accurate_path == AccuratePath::never ||
            !accurate_path_pays(gram.sigma, gram.error, std::sqrt(gram.frobenius_squared), matrix.length(),
                                request.tolerance, request.certificate))
            return unscaled(gram, method);
    }
    const ScaledSpectrum accurate = orthogonal_spectrum(matrix, request.certificate, workspace);
    check_single(accurate);
    return unscaled(accurate, Method::lapack_qr);
}

Spectrum largest_value(PanelSource& source, const SpectrumRequest& request, Workspace& workspace)
{
    NormRequest norm;
    norm.tolerance = request.tolerance;
    norm.seed = request.seed;
    const SpectralNorm found = spectral_norm(source, norm, workspace);
    Spectrum result;
    result.sigma = {found.lower};
    // The sum of the two columns must not fall below the upper bound by a rounding.
    result.error = {(found.upper - found.lower) * (1 + 0x1p-51)};
    result.frobenius_squared = found.frobenius_squared;
    result.frobenius_squared_error = found.frobenius_squared_error;
    result.method = name(Method::lanczos);
    return result;
}

/// What a certificate by residuals adds: of the Gram matrix, and in the same memory of W itself where the accurate path
/// may follow.
std::int64_t residual_bytes(std::int64_t rows, std::int64_t cols, Method method)
{
    const std::int64_t length = std::max(rows, cols), k = std::min(rows, cols);
    const std::int64_t of_matrix = measures_singular_residual(length, k) ? singular_residual_bytes(length, k) : 0;
    const bool gram = method == Method::automatic || method == Method::two_stage_gram || method == Method::lapack_gram;
    return gram ? std::max(gram_residual_bytes(k), of_matrix) : of_matrix;
}

}  // namespace

Spectrum compute_spectrum(PanelSource& source, const SpectrumRequest& request, Workspace& workspace)
{
    if (request.method == Method::lanczos)
        return largest_value(source, request, workspace);
    linalg::prepare_blas();
    LongSide matrix(source, workspace);
    try {
        return compute(matrix, request, workspace);
    } catch (const linalg::LapackFailure& failure) {
        throw SolverFailure(failure.problem(), failure.why());
    }
}

bool needs_accurate_path(const Spectrum& spectrum, std::int64_t rows, std::int64_t cols, double tolerance,
                         Certificate certificate)
{
    return accurate_path_pays(spectrum.sigma, spectrum.error, std::sqrt(spectrum.frobenius_squared),
                              std::max(rows, cols), tolerance, certificate);
}

std::int64_t working_set_bytes(std::int64_t rows, std::int64_t cols, Method method, Certificate certificate)
{
    if (method == Method::lanczos)
        return norm_working_set_bytes(rows, cols);
    const std::int64_t k = padded_order(std::min(rows, cols));
    const std::int64_t ld = linalg::padded_leading_dimension(k);
    const std::int64_t own =
        method == Method::two_stage_gram || method == Method::automatic ? own_two_stages_bytes(k) : 0;
    const std::int64_t square = method == Method::gesdd
                                    ? dense_route_bytes(rows, cols)
                                    : checked_add(checked_multiply(checked_multiply(ld, k), 8), own);
    // LAPACK's workspaces (at most 130 vectors: dgebrd), spectra, Sturm samples and brackets (at most 100 vectors).
    const std::int64_t vectors = checked_multiply(k, 230 * 8);
    const std::int64_t known = checked_add(checked_add(square, vectors), LongSide::buffer_bytes(rows, cols));
    return certificate == Certificate::worst_case ? checked_add(known, residual_bytes(rows, cols, method)) : known;
}

}  // namespace specsweep::spectrum
