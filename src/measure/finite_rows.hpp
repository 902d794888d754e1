#pragma once

#include <cstdint>

#include "checkpoint/panel_reader.hpp"

namespace specsweep::measure {

/// Reason of a unit whose F64 weights binary32 does not hold.
inline constexpr const char* beyond_binary32 = "unit:beyond-fp32";

/// Rows [first_row, first_row + row_count) of the logical matrix, row-major, every element finite.
/// @throws UnitFailure with row, column and value of the first weight that is not finite; IoError.
void read_finite_rows(checkpoint::PanelReader& reader, std::int64_t first_row, std::int64_t row_count, float* out);
void read_finite_rows(checkpoint::PanelReader& reader, std::int64_t first_row, std::int64_t row_count, double* out);

}  // namespace specsweep::measure
