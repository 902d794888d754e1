#pragma once

#include <cstddef>
#include <span>

namespace specsweep::metrics {

/// Σ f(x_k) from the last element to the first: for a descending spectrum that is from small to large.
template <class Function>
double sum_ascending(std::span<const double> descending, Function f)
{
    double sum = 0;
    for (std::size_t k = descending.size(); k-- > 0;)
        sum += f(descending[k]);
    return sum;
}

}  // namespace specsweep::metrics
