#pragma once

namespace specsweep::quantize {

/// Instruction sets that kernels are compiled for. Results do not depend on it: no contraction, no reassociation of
/// rounded operations.
enum class VectorLevel { portable, avx2, avx512 };

/// The best level of this machine, unless limited.
VectorLevel vector_level();

/// For tests and benchmarks: use at most `limit` from now on, in the whole process.
void limit_vector_level(VectorLevel limit);

#if defined(__x86_64__)
#ifdef __clang__
#define SPECSWEEP_QUANTIZE_AVX512 "avx512f,avx512bw,avx512dq,avx512vl"
#else  // GCC prefers half registers
#define SPECSWEEP_QUANTIZE_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512"
#endif

template <class Kernel>
__attribute__((target("avx2"), flatten, noinline)) void run_avx2(Kernel& kernel)
{
    kernel();
}

template <class Kernel>
__attribute__((target(SPECSWEEP_QUANTIZE_AVX512), flatten, noinline)) void run_avx512(Kernel& kernel)
{
    kernel();
}
#endif

template <class Kernel>
__attribute__((flatten, noinline)) void run_portable(Kernel& kernel)
{
    kernel();
}

/// Runs kernel() compiled for the machine's vector registers; everything it calls is inlined into it.
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
