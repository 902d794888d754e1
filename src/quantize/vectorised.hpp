#pragma once

#include <type_traits>

namespace specsweep::quantize {

/// Instruction sets that kernels are compiled for. Results do not depend on it: no contraction, no reassociation of
/// rounded operations.
enum class VectorLevel { portable, avx2, avx512 };

/// The best level of this machine, unless limited.
VectorLevel vector_level();

/// For tests and benchmarks: use at most `limit` from now on, in the whole process.
void limit_vector_level(VectorLevel limit);

/// The level that code is compiled for, as a type.
template <VectorLevel level>
using Level = std::integral_constant<VectorLevel, level>;

/// The other levels have fused multiply-add.
constexpr bool fuses(VectorLevel level)
{
    return level != VectorLevel::portable;
}

#if defined(__x86_64__)
#ifdef __clang__
#define SPECSWEEP_QUANTIZE_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,fma,prfchw"
#else  // GCC prefers half registers
#define SPECSWEEP_QUANTIZE_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,fma,prfchw,prefer-vector-width=512"
#endif

template <class Kernel>
__attribute__((target("avx2,fma,prfchw"), flatten, noinline)) void run_avx2(Kernel& kernel)
{
    kernel(Level<VectorLevel::avx2>{});
}

template <class Kernel>
__attribute__((target(SPECSWEEP_QUANTIZE_AVX512), flatten, noinline)) void run_avx512(Kernel& kernel)
{
    kernel(Level<VectorLevel::avx512>{});
}
#endif

template <class Kernel>
__attribute__((flatten, noinline)) void run_portable(Kernel& kernel)
{
    kernel(Level<VectorLevel::portable>{});
}

/// Runs kernel(Level) compiled for the machine's vector registers; everything it calls is inlined into it.
template <class Kernel>
void run_vectorised(Kernel&& kernel)
{
#if defined(__x86_64__)
    if (vector_level() == VectorLevel::avx512)
        return run_avx512(kernel);
    if (vector_level() == VectorLevel::avx2)
        return run_avx2(kernel);
#endif
    run_portable(kernel);
}

}  // namespace specsweep::quantize
