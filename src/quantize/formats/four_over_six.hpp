#pragma once

#include <array>
#include <cstdint>

#include "quantize/block_quantizer.hpp"

namespace specsweep::quantize {

/// What decides between the two block scales.
enum class BlockError { absolute, square, largest };

/// In which order a block's binary32 errors are added: TransformerEngine row by row, rows in a tree of 8, 4, 2, 1;
/// the four-over-six repository as torch sums on a CPU (8 lanes, four accumulators).
enum class ErrorOrder { rows_then_tree, torch };

/// NVFP4 with the largest element of a block at 4 or at 6 (quantization.md §2.3; arXiv 2512.02010):
///
///   S = fl(6F/A), base = fl(fl(a/6)·S), s₆ = E4M3(min(base, 448)), s₄ = E4M3(min(fl(base·1.5), 448)), e =
///   fl(1/fl(s·fl(1/S))) v = fl(fl(fl(q·s)·A)/6F), error = Σ|v − w| or Σ(v − w)² or max|v − w|; 4 iff its error is
///   smaller, a tie goes to 6 ŵ = double(q)·double(s)·double(A)/6F, rounded once
class FourOverSix final : public BlockFormatQuantizer {
public:
    struct Rules {
        BlockError error;
        ErrorOrder order;
        float scale_max;  ///< F: 256 or 448
    };

    FourOverSix(std::string text, const BlockStorage& storage, const Rules& rules)
        : BlockFormatQuantizer(std::move(text), storage, StatisticsNeed::range), rules_(rules)
    {
    }

private:
    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                Trace* trace) const override;

    Rules rules_;
};

}  // namespace specsweep::quantize
