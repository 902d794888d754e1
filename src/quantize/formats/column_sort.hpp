#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace specsweep::quantize {

/// Sorts as many sets of equally many numbers side by side as a register has lanes, by Batcher's odd-even merge network
/// (Knuth, TAOCP 3, 5.2.2 M): every comparison is one minimum and one maximum, no branch depends on the numbers. It
/// makes n·log²n/4 comparisons, so long sets, which would leave the cache too, are sorted one by one. −0 may become +0.
class ColumnSort {
public:
    static constexpr int most_sets = 16;

    /// @param sets up to most_sets of them, each `length` long, one behind the other; sorted ascending in place
    void sort(std::span<float> sets, std::int64_t length);

private:
    std::vector<float> columns_;
};

}  // namespace specsweep::quantize
