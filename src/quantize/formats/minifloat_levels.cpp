#include "quantize/formats/minifloat_levels.hpp"

#include <cmath>

namespace specsweep::quantize {

std::vector<float> minifloat_levels(const Minifloat& format)
{
    std::vector<float> positive;
    for (int code = 1; code < 1 << 20; ++code) {
        const double value = magnitude(format, code);
        if (!(value <= format.max))
            break;
        positive.push_back(static_cast<float>(value));
        if (value == format.max)
            break;
    }
    std::vector<float> levels;
    for (auto value = positive.rbegin(); value != positive.rend(); ++value)
        levels.push_back(-*value);
    levels.push_back(0);
    levels.insert(levels.end(), positive.begin(), positive.end());
    return levels;
}

}  // namespace specsweep::quantize
