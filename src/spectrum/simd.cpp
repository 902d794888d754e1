#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

InstructionSet widest_instruction_set()
{
    static const InstructionSet widest = [] {
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl"))
            return InstructionSet::avx512;
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            return InstructionSet::avx2;
        return InstructionSet::plain;
    }();
    return widest;
}

}  // namespace specsweep::spectrum
