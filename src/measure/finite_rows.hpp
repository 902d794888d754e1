#pragma once

#include <cstdint>

#include "checkpoint/panel_reader.hpp"

namespace specsweep::measure {

/// Rows [first_row, first_row + row_count) of the logical matrix, row-major, every element finite.
/// @throws UnitFailure with row, column and value of the first weight that is not finite; IoError.
void read_finite_rows(checkpoint::PanelReader& reader, std::int64_t first_row, std::int64_t row_count, float* out);
void read_finite_rows(checkpoint::PanelReader& reader, std::int64_t first_row, std::int64_t row_count, double* out);

}  // namespace specsweep::measure
