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

/// Number of midpoints of the dynamic map below v.
int midpoint_code(float v)
{
    return static_cast<int>(std::lower_bound(middles().begin(), middles().end(), v) - middles().begin());
}

int code_of(float v, DoubleRule rule)
{
    if (rule == DoubleRule::midpoint)
        return midpoint_code(v);
    const float place = (v + 1.0F) * 0.5F * 65535.0F + 0.5F;
    return midpoint_code(-1.0F + 2.0F * std::trunc(place) / 65535.0F);
}

std::vector<float> block_maxima(const float* values, std::int64_t count, std::int64_t block)
{
    std::vector<float> maxima(static_cast<std::size_t>((count + block - 1) / block));
    run_vectorised([&](auto) {
        float* next = maxima.data();
        for (std::int64_t begin = 0; begin < count; begin += block) {
            AbsoluteMaximum largest;
            largest.include(values + begin, std::min(count - begin, block));
            *next++ = largest.value();
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
