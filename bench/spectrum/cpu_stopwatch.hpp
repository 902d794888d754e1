#pragma once

#include <ctime>

namespace specsweep::bench {

/// Seconds that the calling thread has worked since construction: right for one-thread code on a machine shared with
/// others.
class CpuStopwatch {
public:
    double seconds() const { return now() - start_; }

private:
    static double now()
    {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    }
    double start_ = now();
};

}  // namespace specsweep::bench
