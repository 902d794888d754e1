#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "spectrum/simd.hpp"
#include "spectrum/tridiagonal.hpp"

namespace specsweep::spectrum {

/// The characteristic polynomial p_n(x) = det(T − x) and its Sturm count at one shift.
struct SturmValue {
    std::int64_t count = 0;  ///< eigenvalues below x (of a matrix within count_error() of T)
    double mantissa = 0;     ///< p_n(x) = mantissa · 2^exponent, sign included
    std::int64_t exponent = 0;
};

/// Evaluates many shifts in lockstep, without a division:
///   p_0 = 1,  p_{i+1} = (a_i − x) p_i − b_{i−1}² p_{i−1},   count = sign changes of p_0 … p_n,
/// p_i and p_{i−1} scaled by a power of two every eight steps (spectra.md §9, Tridiagonal; Barth, Martin & Wilkinson
/// 1967). The result of a shift does not depend on which others are evaluated with it, nor on the instruction set.
/// @param values as many places as shifts.
void evaluate_sturm(const ScaledTridiagonal& matrix, std::span<const double> shifts, std::span<SturmValue> values,
                    InstructionSet instructions = widest_instruction_set());

}  // namespace specsweep::spectrum
