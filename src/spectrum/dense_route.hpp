#pragma once

#include "spectrum/gram_route.hpp"

namespace specsweep::spectrum {

/// The textbook: the whole matrix in fp64, dgesdd('N'). For whoever wants numbers from LAPACK's own driver, and to
/// compare with; slower and larger than the other routes.
///
/// dgesdd reduces by Householder reflectors as the accurate path does (a QR first where the matrix is tall, never in
/// more steps), so orthogonal_route_bound() holds for it; dqds, whose a-priori relative error is 4k ulp (Fernando and
/// Parlett 1994, §7), adds 8k·u·σ_k. A worst-case certificate is measured (singular_residual.hpp) where memory allows.
ScaledSpectrum dense_spectrum(LongSide& matrix, Certificate certificate, Workspace& workspace);

/// Bytes of the matrix in fp64.
std::int64_t dense_route_bytes(std::int64_t rows, std::int64_t cols);

}  // namespace specsweep::spectrum
