#include "run/prediction_error.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::run {

PredictionError prediction_error(std::vector<double> ratios)
{
    PredictionError result;
    result.units = static_cast<std::int64_t>(ratios.size());
    if (ratios.empty())
        return result;
    std::sort(ratios.begin(), ratios.end());
    result.median = ratios[ratios.size() / 2];
    result.worst =
        std::fabs(std::log(ratios.front())) > std::fabs(std::log(ratios.back())) ? ratios.front() : ratios.back();
    return result;
}

}  // namespace specsweep::run
