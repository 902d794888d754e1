#pragma once

#include <cstdint>
#include <vector>

#include "base/stopwatch.hpp"
#include "results/timing_store.hpp"

namespace specsweep::results {

/// Timings of finished units on their way to /timing: of many short units, many go in one write. They stand outside the
/// CRC and nothing depends on them, so that a kill may cost the timings of the last seconds, never a unit.
class TimingBuffer {
public:
    static constexpr double longest_delay_seconds = 5;

    /// Writes all that is held when the last write is longest_delay_seconds ago. Not collective. @throws IoError
    void add(TimingStore& store, std::int64_t row, const Timing& timing);

    /// Writes all that is held. Not collective. @throws IoError
    void flush(TimingStore& store);

private:
    std::vector<std::int64_t> rows_;
    std::vector<Timing> timings_;
    Stopwatch since_;
};

}  // namespace specsweep::results
