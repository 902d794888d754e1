#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace specsweep::run {

/// How far a node is: finished units and their predicted cost.
struct Advance {
    std::int64_t units = 0;
    double predicted_seconds = 0;
};

/// "  37/120 units  4.1/s  20 s left": the line that people see. `elapsed` in seconds.
std::string progress_line(const Advance& done, const Advance& total, double elapsed);

/// Shows that line on stderr while it lives: rewritten each second on a terminal, once a minute when not.
/// A thread of its own asks `now` for the state; it must be callable from there and make no MPI calls.
class ProgressDisplay {
public:
    ProgressDisplay(std::function<Advance()> now, Advance total);
    ~ProgressDisplay();
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace specsweep::run
