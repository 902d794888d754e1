#pragma once

#include <cstddef>
#include <span>

namespace specsweep::metrics {

/// Least squares y ≈ intercept + slope·x.
struct LineFit {
    double slope = 0, intercept = 0, r2 = 0;
    double xx = 0;  ///< Σ(x − x̄)²
};

/// @pre equal lengths, at least one point. With Σ(x − x̄)² = 0 or Σ(y − ȳ)² = 0, slope or r2 is 0.
inline LineFit fit_line(std::span<const double> x, std::span<const double> y)
{
    double mean_x = 0;
    double mean_y = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        mean_x += x[i];
        mean_y += y[i];
    }
    mean_x /= static_cast<double>(x.size());
    mean_y /= static_cast<double>(x.size());
    LineFit fit;
    double xy = 0;
    double yy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double dx = x[i] - mean_x;
        const double dy = y[i] - mean_y;
        fit.xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    fit.slope = fit.xx > 0 ? xy / fit.xx : 0;
    fit.intercept = mean_y - fit.slope * mean_x;
    fit.r2 = fit.xx > 0 && yy > 0 ? xy * xy / (fit.xx * yy) : 0;
    return fit;
}

}  // namespace specsweep::metrics
