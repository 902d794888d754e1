#pragma once

#include "spectrum/gram_route.hpp"

namespace specsweep::spectrum {

/// What must hold of any spectrum, with its own bounds as the only slack (architecture.md §4.4):
///   finite, descending, not negative;   |Σσ_k² − ‖W‖_F²| ≤ 2Σσ_k e_k + Σe_k² + summation bounds.
/// @throws SelfCheckFailure saying which, and by how much.
void check_single(const ScaledSpectrum& spectrum);

}  // namespace specsweep::spectrum
