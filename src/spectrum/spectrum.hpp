#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spectrum/failure.hpp"
#include "spectrum/method.hpp"
#include "spectrum/panel_source.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// Whether the Gram route hands a matrix over to the accurate path.
enum class AccuratePath {
    where_needed,  ///< when an unresolved singular value may lie above B/tolerance (architecture.md §4.3)
    never,         ///< for measurements of the Gram route itself
};

struct SpectrumRequest {
    double tolerance = 1e-4;  ///< relative, of each singular value; decides the path, not the bound
    Certificate certificate = Certificate::probabilistic;
    Method method = Method::automatic;
    AccuratePath accurate_path = AccuratePath::where_needed;
    std::uint64_t seed = 0;       ///< of the start of Method::lanczos
    std::int64_t block_size = 0;  ///< nb of a group's distribution; 0: group_block_size()
};

/// All min(m, n) singular values of one matrix, descending, and what is known about their errors. By Method::lanczos
/// the largest alone: sigma[0] ≤ σ₁ guaranteed, σ₁ ≤ sigma[0] + error[0] with probability ≥ 1 − 1e-12.
struct Spectrum {
    std::vector<double> sigma;
    std::vector<double> error;           ///< |sigma[k] − σ_k| ≤ error[k], absolute
    double frobenius_squared = 0;        ///< ‖W‖_F², summed directly from the entries
    double frobenius_squared_error = 0;  ///< absolute, deterministic
    std::string method;                  ///< what was used in the end: "gram-two-stage", "gram-lapack" or "qr-lapack"
};

/// The spectrum of a matrix that is read in panels; W is never held in fp64.
///
///   G = WᵀW or WWᵀ (k × k, k = min(m, n)), accumulated in fp64 over pieces of 256 of the long side, in their order;
///   QᵀGQ = T tridiagonal;  λ_k(T) each in a verified interval;  σ_k = √λ_k;
///   bounds: gram_certificate.hpp, worst case: gram_residual.hpp. Where they miss the tolerance: the accurate
///   path, orthogonal_route.hpp.
///
/// The numbers depend on the matrix, the request and the CPU type only. The single-spectrum self-checks are included.
/// Not collective. A matrix with no rows or no columns is refused.
/// @throws SolverFailure, SelfCheckFailure, InputError (a value that is not finite), and what the source throws.
Spectrum compute_spectrum(PanelSource& source, const SpectrumRequest& request, Workspace& workspace);

/// Whether an unresolved σ_k may lie above B/tolerance, B the bound of the accurate path: σ_k + e_k > B/tolerance and
/// e_k > tolerance·σ_k (architecture.md §4.3). This is what sends a unit from the Gram route to the accurate path.
bool needs_accurate_path(const Spectrum& spectrum, std::int64_t rows, std::int64_t cols, double tolerance,
                         Certificate certificate = Certificate::probabilistic);

/// The most bytes that compute_spectrum() holds for a rows × cols matrix: 8k² + panels + vectors, and six times the
/// square for a worst-case certificate of a Gram route; needs no matrix.
std::int64_t working_set_bytes(std::int64_t rows, std::int64_t cols, Method method,
                               Certificate certificate = Certificate::probabilistic);

}  // namespace specsweep::spectrum
