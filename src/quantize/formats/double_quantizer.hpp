#pragma once

#include <limits>

#include "quantize/block_quantizer.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/double_scales.hpp"

namespace specsweep::quantize {

/// A table format of bitsandbytes with double quantization: codes follow from the exact block maxima, decoding uses the
/// maxima that were quantized themselves (DoubleScales). Their offset is a mean over the matrix, so it comes in one
/// panel.
template <class Scheme>
class DoubleQuantizer final : public BlockFormatQuantizer {
public:
    DoubleQuantizer(std::string text, const Scheme& scheme, const BlockStorage& storage, DoubleRule rule)
        : BlockFormatQuantizer(std::move(text), storage, StatisticsNeed::none), scheme_(scheme), rule_(rule)
    {
    }

    std::int64_t row_alignment(std::int64_t) const override { return std::int64_t{1} << 40; }

    double bits_per_weight(std::int64_t rows, std::int64_t cols) const override
    {
        const auto blocks = static_cast<double>(block_count(block(), rows, cols));
        const double weights = static_cast<double>(rows) * static_cast<double>(cols);
        return weights == 0 ? 4 : 4 + (8 + 32.0 / DoubleScales::group) * blocks / weights;
    }

private:
    /// Scheme whose decoding factor is looked up by block.
    struct Decoding : Scheme {
        const DoubleScales* scales;
        mutable std::int64_t next = 0;

        using typename Scheme::Scales;
        void prepare(const AbsoluteMaximum* blocks, int count, Scales& scales_out) const
        {
            Scheme::prepare(blocks, count, scales_out);
            for (int i = 0; i < count; ++i)
                scales_out.decode[i] = scales->decoded()[static_cast<std::size_t>(next + i)];
            next += count;
        }
    };

    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                Trace* trace) const override
    {
        const DoubleScales scales(in.values, in.rows * in.cols, block().cols, rule_);
        Decoding scheme{scheme_, &scales};
        const QuantizationCounts counts = quantize_blocks(scheme, block(), in, out, statistics, trace);
        if (trace != nullptr)
            scales.trace(*trace);
        return counts;
    }

    Scheme scheme_;
    DoubleRule rule_;
};

}  // namespace specsweep::quantize
