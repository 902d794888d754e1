#pragma once

#include <algorithm>
#include <functional>

#include "quantize/block_quantizer.hpp"

namespace specsweep::quantize {

/// A format that treats its blocks one after another by an ordinary function: for searches, where the loop over
/// elements is not what costs. Blocks must be whole (BlockStorage::whole_blocks_of) runs of a row.
class RowBlockQuantizer final : public BlockFormatQuantizer {
public:
    /// Decodes storage.block.cols weights. @param trace may be nullptr.
    using DecodeBlock = void (*)(const float* weights, float* decoded);

    RowBlockQuantizer(std::string text, const BlockStorage& storage, DecodeBlock decode)
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
        for (std::int64_t begin = 0; begin < all; begin += block().cols)
            decode_(in.values + begin, out + begin);
        for (std::int64_t i = 0; i < all; ++i) {
            out[i] += 0.0F;
            counts.zeroed += in.values[i] != 0 && out[i] == 0 ? 1 : 0;
        }
        return counts;
    }

    DecodeBlock decode_;
};

}  // namespace specsweep::quantize
