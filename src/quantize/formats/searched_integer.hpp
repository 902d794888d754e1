#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "quantize/block_quantizer.hpp"
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

    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics&, Trace* trace) const override
    {
        if (trace != nullptr)
            trace->codes.resize(trace->codes.size() + static_cast<std::size_t>(in.rows * in.cols));
        float* codes = trace == nullptr ? nullptr : trace->codes.data() + trace->codes.size() - in.rows * in.cols;
        const bool flat = block().kind == Block::Kind::flat;
        const bool tensor = block().kind == Block::Kind::tensor;
        const std::int64_t lines = flat ? 1 : in.rows;
        const std::int64_t length = flat ? in.rows * in.cols : in.cols;
        const std::int64_t tile_rows = tensor ? in.rows : block().rows;
        const std::int64_t tile_cols = tensor || block().kind == Block::Kind::channel ? in.cols : block().cols;
        QuantizationCounts counts;
        std::vector<float> values;
        std::vector<float> scratch;
        for (std::int64_t line = 0; line < lines; line += tile_rows)
            for (std::int64_t col = 0; col < length; col += tile_cols) {
                const std::int64_t rows = std::min(tile_rows, lines - line);
                const std::int64_t cols = std::min(tile_cols, length - col);
                values.clear();
                for (std::int64_t r = line; r < line + rows; ++r)
                    values.insert(values.end(), in.values + r * length + col, in.values + r * length + col + cols);
                Scales scales;
                const Statistic statistic = searched(values, scratch);
                scheme_.prepare(&statistic, 1, scales);
                const auto element = scheme_.element(scales, 0);
                for (std::int64_t i = 0; i < rows * cols; ++i) {
                    const std::int64_t at = (line + i / cols) * length + col + i % cols;
                    const Element result = element(in.values[at]);
                    out[at] = result.decoded + 0.0F;
                    counts.zeroed += in.values[at] != 0 && out[at] == 0 ? 1 : 0;
                    counts.clipped += result.clipped;
                    if (codes != nullptr)
                        codes[at] = result.code;
                }
                if (trace != nullptr)
                    scheme_.trace(scales, 0, *trace);
            }
        return counts;
    }

    Statistic searched(const std::vector<float>& values, std::vector<float>& scratch) const
    {
        Statistic whole{};
        if (search_.kind == ScaleSearch::Kind::percentile) {
            scratch = values;
            percentile_of(scratch, search_.percent, whole);
            return whole;
        }
        whole.include(values.data(), static_cast<std::int64_t>(values.size()));
        Statistic best = whole;
        double least = squared_error(whole, values);
        for (int step = 1; step < ScaleSearch::steps; ++step) {
            const Statistic candidate = shrunk(whole, ScaleSearch::factor(step));
            const double error = squared_error(candidate, values);
            if (error < least) {
                least = error;
                best = candidate;
            }
        }
        return best;
    }

    double squared_error(const Statistic& statistic, const std::vector<float>& values) const
    {
        Scales scales;
        scheme_.prepare(&statistic, 1, scales);
        std::array<double, strip> sums{};
        run_vectorised([&](auto) {
            const auto element = scheme_.element(scales, 0);
            const std::size_t whole = values.size() / strip * strip;
            for (std::size_t i = 0; i < whole; i += strip)
                for (std::size_t lane = 0; lane < strip; ++lane)
                    sums[lane] += error_of(element, values[i + lane]);
            for (std::size_t i = whole; i < values.size(); ++i)
                sums[i - whole] += error_of(element, values[i]);
        });
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
