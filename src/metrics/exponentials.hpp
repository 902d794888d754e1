#pragma once

#include <span>

namespace specsweep::metrics {

/// values[i] ← e^values[i], many at once: relative error below 4·10⁻¹⁶, 0 below −708. The same bits on every processor.
/// @pre no value is above 708 or NaN
void exponentials(std::span<double> values);

}  // namespace specsweep::metrics
