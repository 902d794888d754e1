#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "quantize/block.hpp"
#include "quantize/float_bits.hpp"
#include "quantize/quantizer.hpp"
#include "quantize/trace.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

/// Blocks whose scales are made together, so that this vectorises too.
inline constexpr int blocks_at_once = 64;

/// One decoded weight.
struct Element {
    float decoded;         ///< −0 allowed
    float code;            ///< for the trace: value on the element grid before scaling
    std::int32_t clipped;  ///< 1: beyond the outermost level
};

/// The loop that all block formats share. A Scheme says what they differ in:
///
///   using Statistic     AbsoluteMaximum or Range
///   struct Scales       arrays of blocks_at_once numbers, one column a block
///   void prepare(const Statistic*, int count, Scales&) const
///   auto element(const Scales&, int block) const      → functor float → Element, without branches
///   void trace(const Scales&, int block, Trace&) const
///
/// The panel is seen as bands of `Block::rows` lines; a band is walked in groups of blocks_at_once blocks: statistics,
/// scales, elements, all in the first-level cache. Nothing is allocated.
template <class Scheme>
class BlockLoop {
public:
    using Statistic = typename Scheme::Statistic;
    using Scales = typename Scheme::Scales;

    BlockLoop(const Scheme& scheme, const Block& block, const Panel& in, float* out, const TensorStatistics& tensor,
              Trace* trace)
        : scheme_(scheme), block_(block), in_(in), out_(out), tensor_(tensor), trace_(trace)
    {
    }

    QuantizationCounts run()
    {
        if (in_.rows == 0 || in_.cols == 0)
            return {};
        if (trace_ != nullptr)
            trace_->codes.resize(trace_->codes.size() + static_cast<std::size_t>(in_.rows * in_.cols));
        run_vectorised([this] { dispatch(); });
        return counts_;
    }

private:
    /// Known widths let the compiler unroll the short loops over one block.
    void dispatch()
    {
        switch (block_.kind) {
            case Block::Kind::tensor:
                return whole_tensor();
            case Block::Kind::channel:
                return bands(in_.rows, 1, in_.cols, in_.cols);
            case Block::Kind::flat:
                return runs(1, in_.rows * in_.cols);
            case Block::Kind::run:
                return runs(in_.rows, in_.cols);
            case Block::Kind::tile:
                break;
        }
        bands(in_.rows, block_.rows, in_.cols, block_.cols);
    }

    void runs(std::int64_t lines, std::int64_t length)
    {
        if (block_.cols == 16)
            return bands(lines, 1, length, std::integral_constant<std::int64_t, 16>{});
        if (block_.cols == 32)
            return bands(lines, 1, length, std::integral_constant<std::int64_t, 32>{});
        bands(lines, 1, length, block_.cols);
    }

    void whole_tensor()
    {
        Scales scales;
        const Statistic statistic = Statistic::of(tensor_);
        scheme_.prepare(&statistic, 1, scales);
        elements(scales, 0, 0, in_.rows * in_.cols);
        if (trace_ != nullptr)
            scheme_.trace(scales, 0, *trace_);
    }

    template <class Width>
    void bands(std::int64_t lines, std::int64_t band_lines, std::int64_t length, Width width)
    {
        for (std::int64_t line = 0; line < lines; line += band_lines)
            for (std::int64_t begin = 0; begin < length; begin += width * blocks_at_once)
                group(line, std::min(band_lines, lines - line), begin, length, width);
    }

    /// Up to blocks_at_once neighbouring blocks of one band, from column `begin`.
    template <class Width>
    void group(std::int64_t line, std::int64_t band_lines, std::int64_t begin, std::int64_t length, Width width)
    {
        const std::int64_t end = std::min<std::int64_t>(length, begin + width * blocks_at_once);
        const std::int64_t whole = (end - begin) / width;
        const std::int64_t rest = end - begin - whole * width;
        Statistic statistics[blocks_at_once] = {};
        for (std::int64_t row = line; row < line + band_lines; ++row) {
            const float* values = in_.values + row * length + begin;
            for (std::int64_t block = 0; block < whole; ++block)
                statistics[block].include(values + block * width, width);
            if (rest != 0)
                statistics[whole].include(values + whole * width, rest);
        }
        const int count = static_cast<int>(whole + (rest != 0 ? 1 : 0));
        Scales scales;
        scheme_.prepare(statistics, count, scales);
        for (std::int64_t row = line; row < line + band_lines; ++row) {
            const std::int64_t offset = row * length + begin;
            for (std::int64_t block = 0; block < whole; ++block)
                elements(scales, static_cast<int>(block), offset + block * width, width);
            if (rest != 0)
                elements(scales, static_cast<int>(whole), offset + whole * width, rest);
        }
        if (trace_ != nullptr)
            for (int block = 0; block < count; ++block)
                scheme_.trace(scales, block, *trace_);
    }

    template <class Width>
    void elements(const Scales& scales, int block, std::int64_t offset, Width width)
    {
        const auto element = scheme_.element(scales, block);
        const float* __restrict values = in_.values + offset;
        float* __restrict decoded = out_ + offset;
        std::int64_t done = 0;
        // Counters of 32 bits vectorise best; they cannot overflow within a slice.
        constexpr std::int64_t slice = std::int64_t{1} << 24;
        while (done < width) {
            const std::int64_t end = std::min<std::int64_t>(width, done + slice);
            std::int32_t zeroed = 0;
            std::int32_t clipped = 0;
            for (std::int64_t i = done; i < end; ++i) {
                const Element result = element(values[i]);
                const float positive_zero = result.decoded + 0.0F;
                decoded[i] = positive_zero;
                zeroed += (magnitude_bits(values[i]) != 0 ? 1 : 0) & (bits_of(positive_zero) == 0 ? 1 : 0);
                clipped += result.clipped;
            }
            counts_.zeroed += zeroed;
            counts_.clipped += clipped;
            done = end;
        }
        if (trace_ != nullptr) {
            const auto first = trace_->codes.end() - static_cast<std::ptrdiff_t>(in_.rows * in_.cols);
            for (std::int64_t i = 0; i < width; ++i)
                *(first + (offset + i)) = element(values[i]).code;
        }
    }

    const Scheme& scheme_;
    const Block& block_;
    const Panel& in_;
    float* out_;
    const TensorStatistics& tensor_;
    Trace* trace_;
    QuantizationCounts counts_;
};

template <class Scheme>
QuantizationCounts quantize_blocks(const Scheme& scheme, const Block& block, const Panel& in, float* out,
                                   const TensorStatistics& tensor, Trace* trace)
{
    return BlockLoop<Scheme>(scheme, block, in, out, tensor, trace).run();
}

/// 1 when the scaled magnitude |x| lies beyond the outermost level by more than the roundings of the scale explain.
inline std::int32_t beyond(float x, float outermost)
{
    return magnitude_bits(x) > bits_of(outermost * (1.0F + 0x1p-22F)) ? 1 : 0;
}

}  // namespace specsweep::quantize
