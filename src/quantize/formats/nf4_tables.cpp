#include "quantize/formats/nf4_tables.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::quantize {

namespace {

/// torch.linspace(0.1, 1, steps) in binary32: counted from the nearer end, with fused multiply-add as its vector code
/// has.
float linspace(int index, int steps)
{
    constexpr float first = 0.1F;
    constexpr float last = 1.0F;
    const float step = (last - first) / static_cast<float>(steps - 1);
    return index < steps / 2 ? std::fma(step, static_cast<float>(index), first)
                             : std::fma(-step, static_cast<float>(steps - 1 - index), last);
}

std::array<float, 256> make_dynamic_map()
{
    std::array<float, 256> map{};
    std::size_t used = 0;
    for (int decade = 0; decade < 7; ++decade) {
        const int means = 1 << decade;
        const auto unit = static_cast<float>(std::pow(10.0, decade - 6));
        for (int i = 0; i < means; ++i) {
            const float value = unit * ((linspace(i, means + 1) + linspace(i + 1, means + 1)) / 2.0F);
            map[used++] = value;
            map[used++] = -value;
        }
    }
    map[used++] = 0;
    map[used++] = 1;
    std::sort(map.begin(), map.end());
    return map;
}

}  // namespace

std::span<const float, 256> dynamic_map()
{
    static const std::array<float, 256> map = make_dynamic_map();
    return map;
}

}  // namespace specsweep::quantize
