#pragma once

#include <cstdint>
#include <vector>

#include "spectrum/gram_operator.hpp"
#include "spectrum/panel_source.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

struct NormRequest {
    double tolerance = 1e-4;   ///< relative, of σ₁: when to stop; no bound depends on it
    std::uint64_t seed = 0;    ///< of the start; equal requests give equal bits
    std::int64_t leading = 1;  ///< how many of the largest singular values are wanted
    std::int64_t most_steps = 60;
    /// Rows kept in memory between passes: as many bytes, or what a Gram matrix takes; no number depends on it.
    std::int64_t kept_bytes = std::int64_t{512} << 20;
};

/// σ₁ of a matrix between two bounds, and its energy.
struct SpectralNorm {
    double lower = 0;  ///< σ₁ ≥ lower: guaranteed
    double upper = 0;  ///< σ₁ ≤ upper with probability ≥ 1 − 1e-12 over the start, whatever the matrix
    double frobenius_squared = 0;        ///< ‖W‖_F², exact to frobenius_squared_error
    double frobenius_squared_error = 0;  ///< absolute, deterministic
    std::vector<double> leading;         ///< √θ_i, Ritz values: σ_i to within leading_residual where converged
    std::vector<double> leading_error;   ///< some singular value lies within it of leading[i] (residual bound)
    std::int64_t steps = 0;              ///< passes over the matrix, the last one included
    bool converged = false;              ///< σ₁ stopped growing before most_steps
};

/// Block Lanczos for G = WᵀW (Golub & Kahan 1965 on W; Golub & Underwood 1977), full reorthogonalisation, four vectors.
///
///   V₁ = orth(Ω), Ω Gaussian;  Z = Wᵀ(W V_p);  Z ← (I − VVᵀ)² Z;  Z = V_{p+1} R;  H = VᵀGV;  θ = λ₁(H) ≤ σ₁²
///
/// Each step is one pass over the rows. It ends when θ grows by less than the tolerance asks for, twice in a row, or
/// the Krylov space is invariant. A last pass with the Ritz vectors x gives
///  - lower = ‖W x‖/‖x‖ less its rounding, γ_{n+1}‖W‖_F: any x whatever makes this a lower bound of σ₁;
///  - upper = √(θ/(1 − ε) + rounding), ε of krylov_bound.hpp, never more than ‖W‖_F;
///  - the residuals ‖G x_i − θ_i x_i‖.
/// The matrix is kept in its own precision where it fits (row_store.hpp), else read again for every pass.
/// Not collective. @throws InputError (empty, or a value that is not finite), and what the source throws.
SpectralNorm spectral_norm(PanelSource& source, const NormRequest& request, Workspace& workspace);

/// The same for any operator, without scaling: `result` is of W as the operator has it.
SpectralNorm norm_by_lanczos(GramOperator& gram, const NormRequest& request, Workspace& workspace);

/// The most bytes that spectral_norm() holds for a rows × cols matrix.
std::int64_t norm_working_set_bytes(std::int64_t rows, std::int64_t cols);

}  // namespace specsweep::spectrum
