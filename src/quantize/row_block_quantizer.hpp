#pragma once

#include <algorithm>
#include <functional>

#include "quantize/block_quantizer.hpp"

namespace specsweep::quantize {

/// A format whose blocks are decoded by an ordinary function: for searches, where the loop over elements is not what
/// costs. Blocks must be whole (BlockStorage::whole_blocks_of) runs of a row.
class RowBlockQuantizer final : public BlockFormatQuantizer {
public:
    /// Decodes `blocks` blocks of storage.block.cols weights.
    using DecodeBlocks = void (*)(const float* weights, std::int64_t blocks, float* decoded);

    RowBlockQuantizer(std::string text, const BlockStorage& storage, DecodeBlocks decode)
        : BlockFormatQuantizer(std::move(text), storage, StatisticsNeed::none), decode_(decode)
    {
    }

    QuantizationCounts apply_traced(const Panel& in, float* out, const TensorStatistics& statistics,
                                    Trace& trace) const override
    {
        return Quantizer::apply_traced(in, out, statistics, trace);
    }

private:
    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics&, Trace*) const override
    {
        QuantizationCounts counts;
        const std::int64_t all = in.rows * in.cols;
        decode_(in.values, all / block().cols, out);
        for (std::int64_t i = 0; i < all; ++i) {
            out[i] += 0.0F;
            counts.zeroed += in.values[i] != 0 && out[i] == 0 ? 1 : 0;
        }
        return counts;
    }

    DecodeBlocks decode_;
};

}  // namespace specsweep::quantize
