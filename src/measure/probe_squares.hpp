#pragma once

#include "measure/forward_error.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::measure {

/// (w·x)² of one row for each probe: products rounded once, added like those of error_pass().
ProbeSquares probe_squares(const float* row, const Probes& probes,
                           spectrum::InstructionSet instructions = spectrum::widest_instruction_set());

}  // namespace specsweep::measure
