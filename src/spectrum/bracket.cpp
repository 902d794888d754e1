#include "spectrum/bracket.hpp"

#include <algorithm>
#include <cmath>

#include "base/scale.hpp"

namespace specsweep::spectrum {
namespace {

/// p_n(sample) in units of 2^reference; exponents differ by thousands for large n.
double value_relative_to(const Sample& sample, std::int64_t reference)
{
    const std::int64_t difference = sample.value.exponent - reference;
    if (difference < -1000)
        return 0;
    return scale_by_power(sample.value.mantissa, difference);
}

}  // namespace

RootSearch::RootSearch(const Bracket& bracket, double resolution)
    : index_(bracket.first()), resolution_(resolution), newest_(bracket.low), opposite_(bracket.high)
{
    choose();
}

void RootSearch::take(const SturmValue& value)
{
    const Sample sample{shift_, value};
    if (below(sample) == below(newest_)) {
        oldest_ = newest_;
    } else {
        oldest_ = opposite_;
        opposite_ = newest_;
    }
    newest_ = sample;
    has_three_ = true;
    ++steps_;
    choose();
}

void RootSearch::choose()
{
    const double span = opposite_.x - newest_.x;
    if (std::fabs(span) <= resolution_) {
        done_ = true;
        return;
    }
    const std::int64_t reference =
        std::max({newest_.value.exponent, opposite_.value.exponent, has_three_ ? oldest_.value.exponent : INT64_MIN});
    const double f1 = value_relative_to(newest_, reference);
    const double f2 = value_relative_to(opposite_, reference);
    double t = 0.5;
    // Interpolation needs ten steps; where it does not, noise in p_n rules, and halving is certain to end.
    constexpr int most_interpolations = 40;
    if (has_three_ && steps_ < most_interpolations) {
        const double f3 = value_relative_to(oldest_, reference);
        const double xi = (newest_.x - opposite_.x) / (oldest_.x - opposite_.x);
        const double phi = (f1 - f2) / (f3 - f2);
        if (phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)
            t = f1 / (f2 - f1) * (f3 / (f2 - f3)) +
                (oldest_.x - newest_.x) / span * (f1 / (f3 - f1)) * (f2 / (f3 - f2));
    }
    // Half the resolution inside the bracket: the last step shall close it from the far side as well.
    const double margin = std::min(0.5, resolution_ / 2 / std::fabs(span));
    if (!(t >= margin))
        t = margin;
    if (t > 1 - margin)
        t = 1 - margin;
    shift_ = newest_.x + t * span;
    if (shift_ == newest_.x || shift_ == opposite_.x)
        shift_ = newest_.x + span / 2;
    done_ = shift_ == newest_.x || shift_ == opposite_.x;  // neighbours in floating point
}

double RootSearch::low() const
{
    return std::min(newest_.x, opposite_.x);
}

double RootSearch::high() const
{
    return std::max(newest_.x, opposite_.x);
}

}  // namespace specsweep::spectrum
