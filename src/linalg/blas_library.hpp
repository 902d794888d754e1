#pragma once

#include <string>

namespace specsweep::linalg {

/// Threads of the BLAS that is loaded; one unless asked otherwise (prepare_blas).
/// Other libraries than OpenBLAS and BLIS take their number from the environment and are left alone.
void set_blas_threads(int threads);

/// Sets one thread once per process, unless set_blas_threads() was called before; warns when the BLAS is not OpenBLAS.
void prepare_blas();

/// "OpenBLAS 0.3.21 … SkylakeX …" or "unknown BLAS"; never throws, for provenance.
std::string blas_description();

/// Whether the loaded BLAS is OpenBLAS: with the reference BLAS everything is right but many times slower.
bool blas_is_openblas();

}  // namespace specsweep::linalg
