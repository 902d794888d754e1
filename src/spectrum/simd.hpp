#pragma once

#include <cstdint>

/// A body that is compiled anew into each caller, so that the caller's instruction set decides what it becomes.
#define SPECSWEEP_ALWAYS_INLINE inline __attribute__((always_inline))
#define SPECSWEEP_TARGET_AVX2 __attribute__((target("avx2,fma")))
#define SPECSWEEP_TARGET_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,fma,prefer-vector-width=512")))

namespace specsweep::spectrum {

/// Eight doubles or integers that the compiler keeps in one AVX-512, two AVX2 or four SSE2 registers. Passed by
/// reference only: by value the calling convention would depend on the instruction set.
using Vec8 = double __attribute__((vector_size(64)));
using Int8 = std::int64_t __attribute__((vector_size(64)));
using Bits8 = std::uint64_t __attribute__((vector_size(64)));

enum class InstructionSet { plain, avx2, avx512 };

/// The widest that this CPU has. No result of specsweep depends on it: the kernels use no fused multiply-add and every
/// lane does the same operations in the same order.
InstructionSet widest_instruction_set();

}  // namespace specsweep::spectrum
