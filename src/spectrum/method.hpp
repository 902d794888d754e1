#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace specsweep::spectrum {

/// Which bound stands beside a singular value (docs/accuracy.md).
enum class Certificate {
    probabilistic,  ///< rounding errors as mean-zero, mean-independent random variables; failure ≤ 1e-15 a unit
    worst_case,     ///< holds whatever the rounding errors are
};

/// How a spectrum is computed.
enum class Method {
    automatic,    ///< chosen from the shape alone; today two_stage_gram
    lapack_gram,  ///< streaming Gram matrix, dsytrd; lapack_qr where the tolerance demands it (architecture.md §4.3)
    lapack_qr,    ///< QR over panels, dgebrd, dlasq1: the accurate path
    lanczos,      ///< σ₁ and the energy only (lanczos.hpp), for `metrics: fast`
    two_stage_gram,     ///< like lapack_gram, with the own reduction: dense → band → tridiagonal (spectra.md §9)
    group_two_stage,    ///< the same by a group of ranks (group_band.hpp); group_qr where needed
    group_gram,         ///< on a group of ranks: block-cyclic Gram matrix, pdsyttrd; group_qr where needed
    group_gram_panels,  ///< the same with pdsytrd
    group_qr,           ///< on a group: pdgeqrf, pdgebrd, dlasq1
    gesdd,              ///< the textbook: dgesdd('N') on the whole matrix in fp64 (dense_route.hpp)
    group_gesvd,        ///< on a group: pdgesvd('N', 'N') (group_dense.hpp)
};

/// "probabilistic", "worst-case".
std::string_view name(Certificate);
std::optional<Certificate> parse_certificate(std::string_view);

/// "auto", "gram-lapack", "qr-lapack", "lanczos", "gram-two-stage", "gram-band", "gram-scalapack",
/// "gram-pdsytrd", "qr-scalapack", "dgesdd", "pdgesvd".
std::string_view name(Method);
std::optional<Method> parse_method(std::string_view);

/// All of them, in the order of the enum.
std::span<const Method> all_methods();

}  // namespace specsweep::spectrum
