#pragma once

#include <cstdint>
#include <vector>

#include "quantize/trace.hpp"

namespace specsweep::quantize {

/// How a scaled block maximum is coded: exact midpoints of the dynamic map (bitsandbytes' default backend and GPU), or
/// the table of 65536 points that its x86 library looks up.
enum class DoubleRule { midpoint, lut };

/// Double quantization of block maxima (QLoRA; quantization.md §5.1):
///
///   o = mean(absmax), d = fl(absmax − o), in groups of 256: m = max|d|, v = clamp(fl(d·fl(1/m)), −1, 1) (short last
///   group: d/m) absmax' = fl(fl(map[code(v)]·m) + o)
///
/// The mean is summed in binary64 and rounded once (torch's order of binary32 sums is not specified).
class DoubleScales {
public:
    static constexpr std::int64_t group = 256;

    DoubleScales(const float* values, std::int64_t count, std::int64_t block, DoubleRule rule);

    const std::vector<float>& decoded() const { return decoded_; }

    /// Replaces the last scales by absmax' and adds codes and group maxima.
    void trace(Trace& trace) const;

private:
    std::vector<float> decoded_;
    std::vector<float> codes_;
    std::vector<float> group_maxima_;
};

}  // namespace specsweep::quantize
