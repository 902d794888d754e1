#pragma once

#include <optional>
#include <string>

#include "results/unit_result.hpp"

namespace specsweep::results {

/// The self-checks of one spectrum (architecture.md §4.4), from what a file holds:
///
///   every σ finite and ≥ 0, descending; every bound finite and ≥ 0
///   |Σσ² − ‖W‖_F²| ≤ 2Σσ_k e_k + Σe_k² + bound of ‖W‖_F² + (k + 4)·2⁻⁵³·Σσ²      (the last for adding up here)
///
/// @return what does not hold, in words; nothing when all does
std::optional<std::string> spectrum_fault(const UnitResult&);

}  // namespace specsweep::results
