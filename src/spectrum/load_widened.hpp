#pragma once

#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

template <int lanes>
struct FloatVector;
template <>
struct FloatVector<2> {
    using Type = float __attribute__((vector_size(8)));
};
template <>
struct FloatVector<4> {
    using Type = float __attribute__((vector_size(16)));
};

/// `lanes` entries of a row, widened to binary64 where they are binary32.
template <int lanes>
SPECSWEEP_ALWAYS_INLINE void load_widened(const float* from, Vec<lanes>& to)
{
    if constexpr (lanes == 8) {  // one instruction; GCC 12 makes six of the conversion of eight
        to = Vec<lanes>{from[0], from[1], from[2], from[3], from[4], from[5], from[6], from[7]};
    } else {
        typename FloatVector<lanes>::Type narrow;
        __builtin_memcpy(&narrow, from, sizeof narrow);
        to = __builtin_convertvector(narrow, Vec<lanes>);
    }
}

template <int lanes>
SPECSWEEP_ALWAYS_INLINE void load_widened(const double* from, Vec<lanes>& to)
{
    __builtin_memcpy(&to, from, sizeof to);
}

}  // namespace specsweep::spectrum
