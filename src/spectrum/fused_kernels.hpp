#pragma once

#include "spectrum/fused_pass.hpp"

namespace specsweep::spectrum {

// Accumulators: 16 of the 32 registers of AVX-512; 12 of the 16 of AVX2, where eight rows are two registers.
using Wide16 = BandKernels<8, 16, 8, 2, 8>;
using Wide8 = BandKernels<8, 8, 16, 2, 8>;
using Avx2 = BandKernels<4, 8, 6, 1, 6>;
using Plain = BandKernels<2, 8, 3, 1, 2>;

template <class Kernels, class Storage>
SPECSWEEP_ALWAYS_INLINE void run_fused(const Storage& a, const BandMatrix& band, double* memory)
{
    FusedReduction<Kernels, Storage>(a, band, memory).run();
}

template <class Storage>
SPECSWEEP_TARGET_AVX512 void run_avx512_16(const Storage& a, const BandMatrix& band, double* memory)
{
    run_fused<Wide16>(a, band, memory);
}

template <class Storage>
SPECSWEEP_TARGET_AVX512 void run_avx512_8(const Storage& a, const BandMatrix& band, double* memory)
{
    run_fused<Wide8>(a, band, memory);
}

template <class Storage>
SPECSWEEP_TARGET_AVX2 void run_avx2(const Storage& a, const BandMatrix& band, double* memory)
{
    run_fused<Avx2>(a, band, memory);
}

template <class Storage>
void run_plain(const Storage& a, const BandMatrix& band, double* memory)
{
    run_fused<Plain>(a, band, memory);
}

/// The pass compiled for the instruction set, on whatever storage. @pre the band is 8 wide, or 16 with AVX-512.
template <class Storage>
void run_fused_on(InstructionSet instructions, const Storage& a, const BandMatrix& band, double* memory)
{
    if (instructions == InstructionSet::avx512)
        (band.half_width() == 16 ? run_avx512_16<Storage> : run_avx512_8<Storage>)(a, band, memory);
    else
        (instructions == InstructionSet::avx2 ? run_avx2<Storage> : run_plain<Storage>)(a, band, memory);
}

}  // namespace specsweep::spectrum
