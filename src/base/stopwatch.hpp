#pragma once

#include <chrono>

namespace specsweep {

/// Seconds of wall time since construction or the last restart.
class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

    /// Seconds so far, then starts again.
    double restart()
    {
        const double elapsed = seconds();
        start_ = Clock::now();
        return elapsed;
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point start_ = Clock::now();
};

}  // namespace specsweep
