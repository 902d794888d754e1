#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "quantize/block_quantizer.hpp"
#include "quantize/formats/integer_grid.hpp"
#include "quantize/formats/shrunk_statistic.hpp"

namespace specsweep::quantize {

/// Which range of a block the scale is made from, instead of all of it.
struct ScaleSearch {
    enum class Kind { mse, percentile };
    Kind kind;
    double percent = 100;  ///< of Kind::percentile

    /// GPTQ's grid (quant.py, mse=True): the range times p = 1 − i/100, i = 0 … 79.
    static constexpr int steps = 80;
    static float factor(int step) { return static_cast<float>(1.0 - step / 100.0); }
};

/// An integer format whose scales are searched, block by block (docs/quantizers.md, "int, searched scales"):
///
///   mse         the p of the grid with the least Σ(ŵ − w)² in binary64 (sixteen partial sums, then in order); a tie
///               goes to the larger p
///   percentile  the range ends at that percentile (nearest rank) of the block's weights
///
/// Blocks of block=tensor want the matrix in one panel.
template <class Scheme>
class SearchedInteger final : public BlockFormatQuantizer {
public:
    SearchedInteger(std::string text, Scheme scheme, const BlockStorage& storage, ScaleSearch search)
        : BlockFormatQuantizer(std::move(text), storage, StatisticsNeed::none), scheme_(scheme), search_(search)
    {
    }

    StatisticsNeed needs() const override { return StatisticsNeed::none; }

    std::int64_t row_alignment(std::int64_t cols) const override
    {
        return block().kind == Block::Kind::tensor ? std::int64_t{1} << 40 : block_row_alignment(block(), cols);
    }

private:
    using Statistic = typename Scheme::Statistic;
    using Scales = typename Scheme::Scales;

    /// What searches work in.
    struct Space {
        std::vector<float> tile;
        PercentileSpace percentile;
    };

    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics&, Trace* trace) const override
    {
        if (trace != nullptr)
            trace->codes.resize(trace->codes.size() + static_cast<std::size_t>(in.rows * in.cols));
        QuantizationCounts counts;
        run_vectorised([&]<VectorLevel level>(Level<level>) { counts = tiles<level>(in, out, trace); });
        return counts;
    }

    template <VectorLevel level>
    QuantizationCounts tiles(const Panel& in, float* out, Trace* trace) const
    {
        const bool flat = block().kind == Block::Kind::flat;
        const bool tensor = block().kind == Block::Kind::tensor;
        const std::int64_t lines = flat ? 1 : in.rows;
        const std::int64_t length = flat ? in.rows * in.cols : in.cols;
        const std::int64_t tile_rows = tensor ? in.rows : block().rows;
        const std::int64_t tile_cols = tensor || block().kind == Block::Kind::channel ? in.cols : block().cols;
        QuantizationCounts counts;
        Space space;
        for (std::int64_t line = 0; line < lines; line += tile_rows)
            for (std::int64_t col = 0; col < length; col += tile_cols) {
                const Lines tile{in.values + line * length + col, std::min(tile_rows, lines - line), length};
                const std::int64_t cols = std::min(tile_cols, length - col);
                Scales scales;
                const Statistic statistic = searched<level>(tile, cols, space);
                scheme_.prepare(&statistic, 1, scales);
                const auto element = scheme_.element(scales, 0);
                for (std::int64_t row = 0; row < tile.count; ++row) {
                    const std::int64_t at = (line + row) * length + col;
                    counts += decoded(element, in.values + at, out + at, cols);
                    if (trace != nullptr)
                        trace_codes(element, in.values + at, cols,
                                    trace->codes.data() + trace->codes.size() - in.rows * in.cols + at);
                }
                if (trace != nullptr)
                    scheme_.trace(scales, 0, *trace);
            }
        return counts;
    }

    template <class ElementOf>
    static QuantizationCounts decoded(const ElementOf& element, const float* __restrict values, float* __restrict out,
                                      std::int64_t count)
    {
        std::int32_t zeroed = 0;  // of a row of a tile, narrow so that sums are of vectors of 32 bits
        std::int32_t clipped = 0;
        for (std::int64_t i = 0; i < count; ++i) {
            const Element result = element(values[i]);
            const float positive_zero = result.decoded + 0.0F;
            out[i] = positive_zero;
            zeroed += (values[i] != 0) & (positive_zero == 0) ? 1 : 0;
            clipped += result.clipped;
        }
        return {zeroed, clipped};
    }

    template <class ElementOf>
    static void trace_codes(const ElementOf& element, const float* values, std::int64_t count, float* codes)
    {
        for (std::int64_t i = 0; i < count; ++i)
            codes[i] = element(values[i]).code;
    }

    template <VectorLevel level>
    Statistic searched(const Lines& tile, std::int64_t cols, Space& space) const
    {
        const float* values = tile.values;
        if (tile.count > 1) {
            space.tile.clear();
            for (std::int64_t row = 0; row < tile.count; ++row)
                space.tile.insert(space.tile.end(), tile.values + row * tile.stride,
                                  tile.values + row * tile.stride + cols);
            values = space.tile.data();
        }
        const std::int64_t n = tile.count * cols;
        Statistic whole{};
        if (search_.kind == ScaleSearch::Kind::percentile) {
            percentile_of(values, static_cast<std::size_t>(n), search_.percent, space.percentile, whole);
            return whole;
        }
        whole.include(values, n);
        return least_squares<level>(whole, values, n);
    }

    /// Where roundings cannot decide, grids are compared by bounds of their errors in binary32: most are ruled out, and
    /// the others compared as if all had been.
    template <VectorLevel level>
    Statistic least_squares(const Statistic& whole, const float* values, std::int64_t n) const
    {
        std::array<bool, ScaleSearch::steps> possible;
        possible.fill(true);
        if constexpr (requires(const Scales& scales) { scheme_.grid(scales, 0); })
            rule_out<level>(whole, values, n, possible);
        if (std::count(possible.begin(), possible.end(), true) == 1)
            return candidate(whole,
                             static_cast<int>(std::find(possible.begin(), possible.end(), true) - possible.begin()));
        Statistic best = whole;
        double least = std::numeric_limits<double>::infinity();
        for (int step = 0; step < ScaleSearch::steps; ++step) {
            if (!possible[static_cast<std::size_t>(step)])
                continue;
            const Statistic tried = candidate(whole, step);
            const double error = squared_error(tried, values, n);
            if (error < least) {
                least = error;
                best = tried;
            }
        }
        return best;
    }

    static Statistic candidate(const Statistic& whole, int step)
    {
        return step == 0 ? whole : shrunk(whole, ScaleSearch::factor(step));
    }

    template <VectorLevel level>
    void rule_out(const Statistic& whole, const float* values, std::int64_t n,
                  std::array<bool, ScaleSearch::steps>& possible) const
    {
        static_assert(ScaleSearch::steps % grids_at_once == 0);
        std::array<double, ScaleSearch::steps> lows;
        const float largest = magnitude(whole);
        const auto weights = static_cast<double>(n);
        double least = std::numeric_limits<double>::infinity();
        int tried = 0;
        for (; tried < ScaleSearch::steps; tried += grids_at_once) {
            std::array<Statistic, grids_at_once> statistics;
            for (int g = 0; g < grids_at_once; ++g)
                statistics[static_cast<std::size_t>(g)] = candidate(whole, tried + g);
            Scales scales;
            scheme_.prepare(statistics.data(), grids_at_once, scales);
            std::array<IntegerGrid, grids_at_once> grids;
            for (int g = 0; g < grids_at_once; ++g) {
                grids[static_cast<std::size_t>(g)] = scheme_.grid(scales, g);
                if (!grids[static_cast<std::size_t>(g)].is_moderate(largest))
                    return;
            }
            if (tried > 0 &&
                ErrorBounds(grids[0], squared_steps_outside(values, n, grids[0]), weights, largest).low > least)
                break;  // and all smaller ranges
            std::array<double, grids_at_once> sums;
            squared_steps<Lanes<level>>(values, n, grids.data(), sums.data());
            for (std::size_t g = 0; g < grids_at_once; ++g) {
                const ErrorBounds bounds(grids[g], sums[g], weights, largest);
                lows[static_cast<std::size_t>(tried) + g] = bounds.low;
                least = std::min(least, bounds.high);
            }
        }
        for (int step = 0; step < ScaleSearch::steps; ++step)
            possible[static_cast<std::size_t>(step)] = step < tried && lows[static_cast<std::size_t>(step)] <= least;
    }

    static float magnitude(const AbsoluteMaximum& block) { return block.value(); }
    static float magnitude(const Range& block) { return block.magnitude(); }

    double squared_error(const Statistic& statistic, const float* values, std::int64_t n) const
    {
        Scales scales;
        scheme_.prepare(&statistic, 1, scales);
        std::array<double, strip> sums{};
        const auto element = scheme_.element(scales, 0);
        const std::int64_t whole = n / strip * strip;
        for (std::int64_t i = 0; i < whole; i += strip)
            for (std::size_t lane = 0; lane < strip; ++lane)
                sums[lane] += error_of(element, values[i + static_cast<std::int64_t>(lane)]);
        for (std::int64_t i = whole; i < n; ++i)
            sums[static_cast<std::size_t>(i - whole)] += error_of(element, values[i]);
        double total = 0;
        for (const double sum : sums)
            total += sum;
        return total;
    }

    template <class ElementOf>
    static double error_of(const ElementOf& element, float w)
    {
        const double error = static_cast<double>(element(w).decoded) - static_cast<double>(w);
        return error * error;
    }

    Scheme scheme_;
    ScaleSearch search_;
};

}  // namespace specsweep::quantize
