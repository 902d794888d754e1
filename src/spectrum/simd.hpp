#pragma once

#include <cstdint>
#include <string_view>

/// A body that is compiled anew into each caller, so that the caller's instruction set decides what it becomes.
#define SPECSWEEP_ALWAYS_INLINE inline __attribute__((always_inline))
#define SPECSWEEP_INLINE_LAMBDA __attribute__((always_inline))
#define SPECSWEEP_TARGET_AVX2 __attribute__((target("avx2,fma")))
#ifdef __clang__
#define SPECSWEEP_TARGET_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,fma")))
#else
// GCC prefers half registers for code that it vectorises by itself.
#define SPECSWEEP_TARGET_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,fma,prefer-vector-width=512")))
#endif

namespace specsweep::spectrum {

template <int lanes>
struct VectorTypes;
template <>
struct VectorTypes<2> {
    using Doubles = double __attribute__((vector_size(16)));
    using Integers = std::int64_t __attribute__((vector_size(16)));
    using Bits = std::uint64_t __attribute__((vector_size(16)));
};
template <>
struct VectorTypes<4> {
    using Doubles = double __attribute__((vector_size(32)));
    using Integers = std::int64_t __attribute__((vector_size(32)));
    using Bits = std::uint64_t __attribute__((vector_size(32)));
};
template <>
struct VectorTypes<8> {
    using Doubles = double __attribute__((vector_size(64)));
    using Integers = std::int64_t __attribute__((vector_size(64)));
    using Bits = std::uint64_t __attribute__((vector_size(64)));
};

/// Doubles in one register: 8 for AVX-512, 4 for AVX2, 2 for SSE2. Wider ones than the CPU has would work, but GCC 12
/// takes them apart element by element. Passed by reference only: by value the calling convention depends on the
/// instruction set.
template <int lanes>
using Vec = typename VectorTypes<lanes>::Doubles;

enum class InstructionSet { plain, avx2, avx512 };

/// "plain", "avx2", "avx512".
std::string_view name(InstructionSet);

/// The widest that this CPU has, and no wider than SPECSWEEP_SIMD where that is set: with OPENBLAS_CORETYPE it gives
/// the same bits on CPUs of several types. Only the two-stage reduction and Lanczos depend on it, within their bounds;
/// the other kernels use no fused multiply-add, and every lane does the same operations in the same order.
/// @throws UsageError when the variable holds none of the names
InstructionSet widest_instruction_set();

}  // namespace specsweep::spectrum
