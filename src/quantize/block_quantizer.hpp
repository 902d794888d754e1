#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "quantize/block_loop.hpp"

namespace specsweep::quantize {

/// What a format stores.
struct BlockStorage {
    Block block;
    double element_bits;               ///< of one code
    double block_bits;                 ///< of everything kept once a block: scale, zero point
    std::int64_t whole_blocks_of = 1;  ///< rows must be a multiple of it long (ggml has no short blocks)
};

/// The part of a block format that does not depend on its arithmetic.
class BlockFormatQuantizer : public Quantizer {
public:
    BlockFormatQuantizer(std::string text, const BlockStorage& storage, StatisticsNeed tensor_need)
        : text_(std::move(text)), storage_(storage), tensor_need_(tensor_need)
    {
    }

    const std::string& text() const override { return text_; }

    StatisticsNeed needs() const override
    {
        return storage_.block.kind == Block::Kind::tensor ? StatisticsNeed::range : tensor_need_;
    }

    std::int64_t row_alignment(std::int64_t cols) const override { return block_row_alignment(storage_.block, cols); }

    std::optional<std::string> refuses(std::int64_t, std::int64_t cols) const override
    {
        if (cols % storage_.whole_blocks_of == 0)
            return std::nullopt;
        return "rows of " + std::to_string(cols) + " weights are not a multiple of the block of " +
               std::to_string(storage_.whole_blocks_of) + ", and the format has no short blocks";
    }

    double bits_per_weight(std::int64_t rows, std::int64_t cols) const override
    {
        if (rows == 0 || cols == 0)
            return storage_.element_bits;
        const double weights = static_cast<double>(rows) * static_cast<double>(cols);
        const auto blocks = static_cast<double>(block_count(storage_.block, rows, cols));
        return storage_.element_bits + storage_.block_bits * blocks / weights;
    }

    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const override
    {
        return quantize(in, out, statistics, nullptr);
    }

    QuantizationCounts apply_traced(const Panel& in, float* out, const TensorStatistics& statistics,
                                    Trace& trace) const override
    {
        return quantize(in, out, statistics, &trace);
    }

protected:
    const Block& block() const { return storage_.block; }

private:
    virtual QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                        Trace* trace) const = 0;

    std::string text_;
    BlockStorage storage_;
    StatisticsNeed tensor_need_;
};

/// A format whose scheme does not depend on the matrix.
template <class Scheme>
class BlockQuantizer final : public BlockFormatQuantizer {
public:
    BlockQuantizer(std::string text, Scheme scheme, const BlockStorage& storage)
        : BlockFormatQuantizer(std::move(text), storage, StatisticsNeed::none), scheme_(std::move(scheme))
    {
    }

private:
    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                Trace* trace) const override
    {
        return quantize_blocks(scheme_, block(), in, out, statistics, trace);
    }

    Scheme scheme_;
};

template <class Scheme>
std::unique_ptr<const Quantizer> make_block_quantizer(std::string text, Scheme scheme, const BlockStorage& storage)
{
    return std::make_unique<BlockQuantizer<Scheme>>(std::move(text), std::move(scheme), storage);
}

}  // namespace specsweep::quantize
