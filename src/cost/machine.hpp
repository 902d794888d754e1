#pragma once

#include <string>
#include <string_view>

namespace specsweep::cost {

/// Rates of one core of one kind of machine while all its cores are busy; what the cost model multiplies operations by.
struct MachineConstants {
    std::string name;                      ///< stands in every plan, so that a cost can be traced to its source
    double blas3_flops_per_second;         ///< dsyrk, dgemm, dgeqrf on large matrices
    double blas2_flops_per_second;         ///< dsymv, dgemv while the matrix stays in cache
    double blas2_memory_flops_per_second;  ///< the same from memory
    double band_flops_per_second;          ///< the own dense → band pass
    double group_flops_per_second;  ///< per rank, ScaLAPACK's tridiagonal reduction; shipped with a third of margin for
                                    ///< networks below what two ranks of one machine reach (bench groups: 12e9)
    double cache_bytes;             ///< share of the last-level cache that one core can count on
    double tridiagonal_seconds;     ///< per n², values of a tridiagonal or bidiagonal matrix of order n (QR, dqds)
    double band_seconds;            ///< per n², band → tridiagonal → values (bulge chase and multisection)
    double sweep_seconds;           ///< per element, one pass of Lanczos with four vectors
    double read_seconds;            ///< per element: read from disk, widen
    double quantize_seconds;        ///< per element: statistics, quantize, decode, moments
    double unit_seconds;            ///< per unit: scheduling, result file; once more for a quantized one
};

/// Constants measured once and compiled in: planning itself times nothing, so a plan is the same everywhere.
/// Source: spectra.md §9 (column "naive": dsyrk + dsytrd + dsterf, OpenBLAS 0.3.21, one thread); the stages of the own
/// engine measured one by one for n = 384 … 4096 on the same core.
const MachineConstants& shipped_constants();

/// The same from a calibration file, a JSON object with the members of MachineConstants by name.
/// @throws UsageError naming source and key: unknown or missing key, a rate that is not positive.
MachineConstants constants_from_json(std::string_view text, std::string_view source);
std::string constants_to_json(const MachineConstants&);

}  // namespace specsweep::cost
