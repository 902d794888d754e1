#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace specsweep::checkpoint {

/// An infinity or NaN and where it stands in the logical matrix.
struct Nonfinite {
    std::int64_t row = 0, col = 0;
    double value = 0;
};

/// The first (row by row) element of a panel that is not finite.
/// @param panel whole logical rows, row-major, ld = cols.  @param first_row logical row of the panel's first.
std::optional<Nonfinite> first_nonfinite(std::span<const float> panel, std::int64_t cols, std::int64_t first_row);
std::optional<Nonfinite> first_nonfinite(std::span<const double> panel, std::int64_t cols, std::int64_t first_row);

}  // namespace specsweep::checkpoint
