#pragma once

#include <cstdint>

#include "spectrum/sturm.hpp"

namespace specsweep::spectrum {

/// A shift and what the recurrence said there.
struct Sample {
    double x = 0;
    SturmValue value;
};

/// The eigenvalues number low.value.count … high.value.count − 1 (ascending from 0) lie in [low.x, high.x].
struct Bracket {
    Sample low, high;

    std::int64_t first() const { return low.value.count; }
    std::int64_t count() const { return high.value.count - low.value.count; }
    double width() const { return high.x - low.x; }
    double middle() const { return low.x + (high.x - low.x) / 2; }
};

/// Root of p_n in a bracket with exactly one eigenvalue: Chandrupatla's choice between inverse quadratic interpolation
/// and bisection, one sample at a time. Source: T. R. Chandrupatla, Advances in Engineering Software 28 (1997) 145-149.
class RootSearch {
public:
    RootSearch(const Bracket& bracket, double resolution);

    bool done() const { return done_; }
    double next_shift() const { return shift_; }
    /// What p_n is at next_shift(); narrows the bracket.
    void take(const SturmValue& value);

    std::int64_t index() const { return index_; }
    double low() const;
    double high() const;

private:
    void choose();
    bool below(const Sample& sample) const { return sample.value.count <= index_; }

    std::int64_t index_;
    double resolution_;
    Sample newest_, opposite_, oldest_;  ///< x₁, x₂ enclose the root, x₃ was dropped last
    int steps_ = 0;
    bool has_three_ = false;
    bool done_ = false;
    double shift_ = 0;
};

}  // namespace specsweep::spectrum
