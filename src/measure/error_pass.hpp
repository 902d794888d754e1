#pragma once

#include <cstdint>
#include <span>

#include "measure/forward_error.hpp"
#include "measure/pair_moments.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::measure {

/// What whole rows add to the moments of E = W̃ − W.
struct PanelSums {
    PairMoments moments;     ///< without the counts
    ProbeSquares forward{};  ///< Σ_i (e_i·x)²
};

/// All that is summed over E, in one pass: on a small matrix each pass of its own costs as much as a quantizer.
///
/// E is formed in binary64 (exact, unless the two lie more than 2²⁹ apart), products are rounded
/// once, sixteen running sums a row are added in a fixed tree, rows in order. Same bits on every instruction set, and
/// however rows are cut into calls.
/// @param original, decoded rows of W and W̃, probes.cols() to a row.
/// @param column_sums cols values; Σ_i |e_ij| of the rows is added to each, rows in order: ‖E‖₁ is their maximum.
/// @param error where E goes, rounded once to binary32; may be nullptr.
/// @param total what the rows before have summed up to.
void error_pass(std::span<const float> original, std::span<const float> decoded, const Probes& probes,
                std::span<double> column_sums, float* error, PanelSums& total,
                spectrum::InstructionSet instructions = spectrum::widest_instruction_set());

}  // namespace specsweep::measure
