#include "spectrum/band_reduction.hpp"

#include "base/error.hpp"
#include "base/integer.hpp"
#include "spectrum/fused_pass.hpp"

namespace specsweep::spectrum {
namespace {

// Accumulators: 16 of the 32 registers of AVX-512; 12 of the 16 of AVX2, where eight rows are two registers.
using Wide16 = BandKernels<8, 16, 8, 2, 8>;
using Wide8 = BandKernels<8, 8, 16, 2, 8>;
using Avx2 = BandKernels<4, 8, 6, 1, 6>;
using Plain = BandKernels<2, 8, 3, 1, 2>;

template <class Kernels>
SPECSWEEP_ALWAYS_INLINE void run(linalg::MatrixView a, const BandMatrix& band, double* memory)
{
    FusedReduction<Kernels>(a, band, memory).run();
}

SPECSWEEP_TARGET_AVX512 void run_avx512_16(linalg::MatrixView a, const BandMatrix& band, double* memory)
{
    run<Wide16>(a, band, memory);
}

SPECSWEEP_TARGET_AVX512 void run_avx512_8(linalg::MatrixView a, const BandMatrix& band, double* memory)
{
    run<Wide8>(a, band, memory);
}

SPECSWEEP_TARGET_AVX2 void run_avx2(linalg::MatrixView a, const BandMatrix& band, double* memory)
{
    run<Avx2>(a, band, memory);
}

void run_plain(linalg::MatrixView a, const BandMatrix& band, double* memory)
{
    run<Plain>(a, band, memory);
}

}  // namespace

std::int64_t band_half_width(std::int64_t order, InstructionSet instructions)
{
    return instructions == InstructionSet::avx512 && order >= 1024 ? 16 : 8;
}

std::int64_t padded_order(std::int64_t order)
{
    return round_up<std::int64_t>(order, 16);
}

std::int64_t band_reduction_memory(std::int64_t padded, std::int64_t half_width)
{
    return checked_multiply(8 * half_width, padded);
}

void reduce_to_band(linalg::MatrixView a, const BandMatrix& band, std::span<double> memory, InstructionSet instructions)
{
    const std::int64_t b = band.half_width();
    const bool wide = instructions == InstructionSet::avx512;
    if (a.rows != a.cols || a.cols % 16 != 0 || band.order() != a.cols || (b != 8 && (b != 16 || !wide)) ||
        std::ssize(memory) < band_reduction_memory(a.cols, b))
        throw InternalError("shapes of a band reduction do not fit");
    if (wide)
        (b == 16 ? run_avx512_16 : run_avx512_8)(a, band, memory.data());
    else
        (instructions == InstructionSet::avx2 ? run_avx2 : run_plain)(a, band, memory.data());
}

}  // namespace specsweep::spectrum
