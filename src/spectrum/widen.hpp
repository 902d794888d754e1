#pragma once

#include <cstdint>

#include "linalg/matrix_view.hpp"

namespace specsweep::spectrum {

/// out(i, j) = in[i·ld + j]: rows of a row-major panel become a column-major fp64 piece whose long index i is
/// contiguous, the form in which dsyrk is fastest (spectra.md §9). Exact.
void widen_transposed(const float* in, std::int64_t ld, linalg::MatrixView out);
/// The same, times `scale` (a power of two, so that the product is exact but for underflow).
void widen_transposed(const double* in, std::int64_t ld, double scale, linalg::MatrixView out);

/// out(i, j) = in[j·ld + i]: the long index is contiguous already.
void widen(const float* in, std::int64_t ld, linalg::MatrixView out);
void widen(const double* in, std::int64_t ld, double scale, linalg::MatrixView out);

}  // namespace specsweep::spectrum
