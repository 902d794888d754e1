#include "quantize/formats/double_scales.hpp"

#include <algorithm>
#include <cmath>

#include "quantize/block_statistic.hpp"
#include "quantize/float_bits.hpp"
#include "quantize/formats/nf4_tables.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

namespace {

/// Middles of neighbours of the dynamic map.
const std::array<float, 255>& middles()
{
    static const std::array<float, 255> made = [] {
        std::array<float, 255> middle;
        for (std::size_t i = 0; i < middle.size(); ++i)
            middle[i] = (dynamic_map()[i + 1] + dynamic_map()[i]) / 2.0F;
        return middle;
    }();
    return made;
}

/// Number of midpoints of the dynamic map below v: by halving without branches, which no data can mispredict.
int midpoint_code(float v)
{
    const float* const midpoints = middles().data();
    int below = 0;
    for (int step = 128; step > 0; step /= 2)
        below += midpoints[below + step - 1] < v ? step : 0;
    return below;
}

int code_of(float v, DoubleRule rule)
{
    if (rule == DoubleRule::midpoint)
        return midpoint_code(v);
    const float place = (v + 1.0F) * 0.5F * 65535.0F + 0.5F;
    return midpoint_code(-1.0F + 2.0F * std::trunc(place) / 65535.0F);
}

/// Of whole blocks of strips·16 weights.
template <VectorLevel level, int strips>
void usual_maxima(const float* values, std::int64_t blocks, float* maxima)
{
    constexpr std::int64_t width = 16 * strips;
    for (std::int64_t first = 0; first < blocks; first += most_blocks) {
        const int count = static_cast<int>(std::min<std::int64_t>(most_blocks, blocks - first));
        AbsoluteMaximum largest[most_blocks] = {};
        AbsoluteMaximum::include_blocks<level, strips>(largest, {values + first * width, 1, 0}, count);
        for (int block = 0; block < count; ++block)
            maxima[first + block] = largest[block].value();
    }
}

std::vector<float> block_maxima(const float* values, std::int64_t count, std::int64_t block)
{
    std::vector<float> maxima(static_cast<std::size_t>((count + block - 1) / block));
    run_vectorised([&]<VectorLevel level>(Level<level>) {
        std::int64_t done = 0;
        if (block == 64) {  // the default
            done = count / block;
            usual_maxima<level, 4>(values, done, maxima.data());
        }
        for (std::int64_t begin = done * block; begin < count; begin += block) {
            AbsoluteMaximum largest;
            largest.include(values + begin, std::min(count - begin, block));
            maxima[static_cast<std::size_t>(begin / block)] = largest.value();
        }
    });
    return maxima;
}

}  // namespace

DoubleScales::DoubleScales(const float* values, std::int64_t count, std::int64_t block, DoubleRule rule)
{
    std::vector<float> maxima = block_maxima(values, count, block);
    double sum = 0;
    for (const float a : maxima)
        sum += a;
    const auto offset = static_cast<float>(sum / static_cast<double>(maxima.size()));
    for (std::size_t begin = 0; begin < maxima.size(); begin += group) {
        const std::size_t end = std::min(maxima.size(), begin + static_cast<std::size_t>(group));
        float largest = 0;
        for (std::size_t i = begin; i < end; ++i)
            largest = std::max(largest, std::abs(maxima[i] - offset));
        group_maxima_.push_back(largest);
        const bool is_short = end - begin < static_cast<std::size_t>(group);
        for (std::size_t i = begin; i < end; ++i) {
            const float d = maxima[i] - offset;
            const float v = is_short && largest != 0 ? d / largest : d * (1.0F / std::max(largest, 1e-38F));
            const int code = code_of(clamped(v, -1.0F, 1.0F), rule);
            codes_.push_back(static_cast<float>(code));
            decoded_.push_back(dynamic_map()[static_cast<std::size_t>(code)] * largest + offset);
        }
    }
}

void DoubleScales::trace(Trace& trace) const
{
    std::copy(decoded_.begin(), decoded_.end(), trace.scales.end() - static_cast<std::ptrdiff_t>(decoded_.size()));
    trace.scale_codes.insert(trace.scale_codes.end(), codes_.begin(), codes_.end());
    trace.outer_scales.insert(trace.outer_scales.end(), group_maxima_.begin(), group_maxima_.end());
}

}  // namespace specsweep::quantize
