#include "quantize/formats/column_sort.hpp"

#include <algorithm>
#include <bit>

#include "quantize/lanes.hpp"

namespace specsweep::quantize {

namespace {

constexpr std::int64_t longest = 8192;  // sixteen of them fill half of a second-level cache

/// @param columns `length` registers: the i-th numbers of all sets
template <class Lane>
void sort_columns(float* columns, std::int64_t length)
{
    const auto exchange = [columns](std::int64_t a, std::int64_t b) {
        const auto x = Lane::load(columns + a * Lane::count);
        const auto y = Lane::load(columns + b * Lane::count);
        Lane::store(columns + a * Lane::count, Lane::smaller(x, y));
        Lane::store(columns + b * Lane::count, Lane::larger(x, y));
    };
    for (std::int64_t merged = 1; merged < length; merged *= 2) {
        const int shift = std::countr_zero(static_cast<std::uint64_t>(2 * merged));
        for (std::int64_t apart = merged; apart >= 1; apart /= 2)
            for (std::int64_t begin = apart % merged; begin + apart < length; begin += 2 * apart)
                for (std::int64_t a = begin; a < std::min(begin + apart, length - apart); ++a)
                    if (a >> shift == (a + apart) >> shift)
                        exchange(a, a + apart);
    }
}

}  // namespace

void ColumnSort::sort(std::span<float> sets, std::int64_t length)
{
    if (length == 0)
        return;
    const std::int64_t count = static_cast<std::int64_t>(sets.size()) / length;
    if (count == 1 || length > longest) {
        for (std::int64_t set = 0; set < count; ++set)
            std::sort(sets.data() + set * length, sets.data() + (set + 1) * length);
        return;
    }
    columns_.resize(static_cast<std::size_t>(length * most_sets));
    run_vectorised([&]<VectorLevel level>(Level<level>) {
        using Lane = Lanes<level>;
        for (std::int64_t first = 0; first < count; first += Lane::count) {
            const std::int64_t used = std::min<std::int64_t>(Lane::count, count - first);
            float* rows = sets.data() + first * length;
            for (std::int64_t i = 0; i < length; ++i)
                for (std::int64_t lane = 0; lane < Lane::count; ++lane)
                    columns_[static_cast<std::size_t>(i * Lane::count + lane)] =
                        rows[std::min(lane, used - 1) * length + i];
            sort_columns<Lane>(columns_.data(), length);
            for (std::int64_t lane = 0; lane < used; ++lane)
                for (std::int64_t i = 0; i < length; ++i)
                    rows[lane * length + i] = columns_[static_cast<std::size_t>(i * Lane::count + lane)];
        }
    });
}

}  // namespace specsweep::quantize
