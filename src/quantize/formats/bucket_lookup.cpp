#include <algorithm>
#include <limits>

#include "quantize/formats/magnitude_scheme.hpp"

namespace specsweep::quantize {

namespace {

using View = BucketLookup::View;

/// Buckets from that of zero to the last threshold's.
std::int32_t bucket_count(const View& keys)
{
    return keys.bucket(keys.farthest) + 1;
}

bool has_one_threshold_each(const View& keys, const std::vector<float>& thresholds)
{
    return std::adjacent_find(thresholds.begin(), thresholds.end(),
                              [&](float a, float b) { return keys.bucket(a) == keys.bucket(b); }) == thresholds.end();
}

/// For an offset, the coarsest buckets that hold one threshold each at most. Without offset the finest do.
View coarsest_keys(float offset, const std::vector<float>& thresholds)
{
    View keys{nullptr, std::nextafter(thresholds.back(), std::numeric_limits<float>::infinity()), offset, 22, 0};
    while (keys.shift > 0 && !has_one_threshold_each(keys, thresholds))
        --keys.shift;
    keys.first = bits_of(offset) >> keys.shift;
    return keys;
}

}  // namespace

BucketLookup::BucketLookup(const MagnitudeLevels& from) : keys_(coarsest_keys(0, from.thresholds))
{
    for (float offset = 0x1p-20F; offset <= 8; offset *= 2) {
        const View keys = coarsest_keys(offset, from.thresholds);
        if (has_one_threshold_each(keys, from.thresholds) && bucket_count(keys) < bucket_count(keys_))
            keys_ = keys;
    }
    auto next = from.thresholds.begin();
    for (std::int32_t bucket = 0; bucket < bucket_count(keys_); ++bucket) {
        const auto level = from.levels.begin() + (next - from.thresholds.begin());
        if (next != from.thresholds.end() && keys_.bucket(*next) == bucket)
            buckets_.push_back({*next++, {level[0], level[1]}});
        else
            buckets_.push_back({std::numeric_limits<float>::infinity(), {*level, *level}});
    }
}

}  // namespace specsweep::quantize
