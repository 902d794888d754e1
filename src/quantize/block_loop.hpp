#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "quantize/block.hpp"
#include "quantize/block_element.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/block_walk.hpp"
#include "quantize/float_bits.hpp"
#include "quantize/quantizer.hpp"
#include "quantize/trace.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

/// The loop that all block formats share. A Scheme says what they differ in:
///
///   using Statistic     AbsoluteMaximum or Range
///   struct Scales       arrays of blocks_at_once numbers, one column a block
///   void prepare(const Statistic*, int count, Scales&) const
///   auto element(const Scales&, int block) const      → functor float → Element, without branches; or Randomised,
///                                                       or LookedUp
///   void trace(const Scales&, int block, Trace&) const
///   auto short_element(const Scales&, int block) const   optional: the functor of a block shorter than the others
///   static constexpr bool fast_widths                  optional: code of its own for blocks of 16, 32 and 64
///   auto fused_element(const Scales&, int block) const  optional: the same by fused multiply-add, without −0, where
///                                                      Scales::may_fuse is true
///   bool may_clip(const Scales&, int count) const      optional: false when no weight of these blocks is clipped
///   float code(float) const                           optional: from Element::code to what the trace keeps
///   static constexpr bool never_negative_zero          optional: decoded values need no +0
///   void wide_strip(const Scales&, int block, const float* values, float* decoded, LaneCounts&) const
///                                                      optional: a strip by AVX-512's own instructions
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
        run_vectorised([this]<VectorLevel level>(Level<level>) { walk<level>(); });
        for (int lane = 0; lane < strip; ++lane) {
            counts_.zeroed += lanes_.zeroed[lane];
            counts_.clipped += lanes_.clipped[lane];
        }
        return counts_;
    }

private:
    /// One loop for all kinds of blocks: it is inlined whole, once for each instruction set, and every further copy of
    /// it would cost the compiler seconds for each scheme.
    template <VectorLevel level>
    void walk()
    {
        const auto [lines, band_lines, length, width] = walk_of(block_, in_);
        const std::int64_t group_length = group_blocks(band_lines * width) * width;
        constexpr std::int64_t most_ahead = 4096;  // longer groups do not stay in the first-level cache anyway
        ahead_ = std::min(group_length, most_ahead);
        for (std::int64_t line = 0; line < lines; line += band_lines)
            for (std::int64_t begin = 0; begin < length; begin += group_length)
                group<level>(line, std::min(band_lines, lines - line), begin, std::min(length - begin, group_length),
                             length, width);
    }

    /// Blocks in a group: it is read twice and written, and the next one is on its way, so four of them must fit into a
    /// first-level cache; groups of tiles, whose lines want to be long, into one of the second level.
    std::int64_t group_blocks(std::int64_t weights_of_block) const
    {
        const std::int64_t most_weights = block_.kind == Block::Kind::tile ? 65536 : 2048;
        return std::clamp<std::int64_t>(most_weights / weights_of_block, 1, blocks_at_once);
    }

    /// `used` weights, which are up to blocks_at_once neighbouring blocks of one band, from column `begin`.
    template <VectorLevel level>
    void group(std::int64_t line, std::int64_t band_lines, std::int64_t begin, std::int64_t used, std::int64_t length,
               std::int64_t width)
    {
        const int count = static_cast<int>((used + width - 1) / width);
        Statistic statistics[blocks_at_once] = {};
        if (block_.kind == Block::Kind::tensor)
            statistics[0] = Statistic::of(tensor_);  // of the whole tensor, of which this panel may be a part
        else
            include<level>(statistics, {in_.values + line * length + begin, band_lines, length}, used, width);
        Scales scales;
        scheme_.prepare(statistics, count, scales);
        for (std::int64_t row = line; row < line + band_lines; ++row)
            elements<level>(scales, count, row * length + begin, used, width);
        if (trace_ != nullptr)
            trace_blocks(scales, count, line * length + begin, band_lines, length, used, width);
    }

    template <VectorLevel level>
    static void include(Statistic* statistics, const Lines& lines, std::int64_t used, std::int64_t width)
    {
        const std::int64_t whole = used / width;
        const bool included = include_usual<level>(statistics, lines, static_cast<int>(whole), width);
        for (std::int64_t line = 0; line < lines.count; ++line) {
            const float* values = lines.values + line * lines.stride;
            if (!included)
                for (std::int64_t block = 0; block < whole; ++block)
                    statistics[block].include(values + block * width, width);
            if (whole * width < used)
                include_rest(statistics[whole], values + whole * width, used - whole * width);
        }
    }

    /// Blocks of usual widths, many at once.
    template <VectorLevel level>
    static bool include_usual(Statistic* statistics, const Lines& lines, int blocks, std::int64_t width)
    {
        if constexpr (requires { Statistic::template include_blocks<level, 1>(statistics, lines, blocks); }) {
            if (width == strip)
                Statistic::template include_blocks<level, 1>(statistics, lines, blocks);
            else if (width == 2 * strip)
                Statistic::template include_blocks<level, 2>(statistics, lines, blocks);
            else if (width == 4 * strip)
                Statistic::template include_blocks<level, 4>(statistics, lines, blocks);
            else if (width == 8 * strip)
                Statistic::template include_blocks<level, 8>(statistics, lines, blocks);
            else
                return false;
            return true;
        }
        return false;
    }

    __attribute__((noinline)) static void include_rest(Statistic& statistic, const float* values, std::int64_t count)
    {
        statistic.include(values, count);
    }

    /// `used` elements of one line, in blocks of `width`. Usual widths are known to the compiler, which then keeps its
    /// constants in registers from block to block.
    template <VectorLevel level>
    void elements(const Scales& scales, int count, std::int64_t offset, std::int64_t used, std::int64_t width)
    {
        const int whole = static_cast<int>(used / width);
        if (!usable<level>(scales))
            each_block<false, true>(scales, whole, offset, width);
        else if (!usual_whole_blocks<level>(scales, whole, offset, width)) {
            if (may_clip(scales, whole))
                each_block<has_fused<level>, true>(scales, whole, offset, width);
            else
                each_block<has_fused<level>, false>(scales, whole, offset, width);
        }
        if (whole < count)
            short_block(scales, whole, offset + whole * width, used - whole * width);
    }

    template <VectorLevel level>
    static constexpr bool has_fused = fuses(level) && requires(const Scheme& scheme, const Scales& scales)
    {
        scheme.fused_element(scales, 0);
    };

    template <VectorLevel level>
    static bool usable([[maybe_unused]] const Scales& scales)
    {
        if constexpr (has_fused<level>)
            return scales.may_fuse;
        return true;
    }

    /// A constant for schemes that do not tell, so that code for the other case is not made.
    bool may_clip([[maybe_unused]] const Scales& scales, [[maybe_unused]] int blocks) const
    {
        if constexpr (requires { scheme_.may_clip(scales, blocks); })
            return scheme_.may_clip(scales, blocks);
        return true;
    }

    template <bool fused, bool counts_clipped>
    void each_block(const Scales& scales, int blocks, std::int64_t offset, std::int64_t width)
    {
        LaneCounts lanes = lanes_;
        for (int block = 0; block < blocks; ++block)
            one_block<fused, counts_clipped>(scales, block, offset + block * width, width, lanes);
        lanes_ = lanes;
    }

    /// Code that knows the width, for schemes that are worth it: every such code is compiled for each instruction set.
    template <VectorLevel level>
    bool usual_whole_blocks(const Scales& scales, int whole, std::int64_t offset, std::int64_t width)
    {
        if constexpr (requires { typename std::enable_if_t<Scheme::fast_widths>; }) {
            if (width == strip)
                whole_blocks<level, 1>(scales, whole, offset);
            else if (width == 2 * strip)
                whole_blocks<level, 2>(scales, whole, offset);
            else if (width == 4 * strip)
                whole_blocks<level, 4>(scales, whole, offset);
            else
                return false;
            return true;
        }
        return false;
    }

    template <VectorLevel level, int strips>
    void whole_blocks(const Scales& scales, int blocks, std::int64_t offset)
    {
        if constexpr (level == VectorLevel::avx512 &&
                      requires { scheme_.wide_strip(scales, 0, in_.values, out_, lanes_); })
            return wide_blocks(scales, blocks, offset, strips);
        constexpr bool fused = has_fused<level>;
        if (may_clip(scales, blocks))
            whole_blocks<strips, fused, true>(scales, blocks, offset);
        else
            whole_blocks<strips, fused, false>(scales, blocks, offset);
    }

    /// With the scheme's own instructions, apart from the loops that the compiler vectorises.
    void wide_blocks(const Scales& scales, int blocks, std::int64_t offset, int strips)
    {
        const float* values = in_.values + offset;
        float* decoded = out_ + offset;
        LaneCounts lanes = lanes_;
        for (int block = 0; block < blocks; ++block)
            for (int i = 0; i < strips; ++i, values += strip, decoded += strip) {
                fetch_ahead(values, decoded);
                scheme_.wide_strip(scales, block, values, decoded, lanes);
            }
        lanes_ = lanes;
    }

    template <int strips, bool fused, bool counts_clipped>
    void whole_blocks(const Scales& scales, int blocks, std::int64_t offset)
    {
        const float* values = in_.values + offset;
        float* decoded = out_ + offset;
        LaneCounts lanes = lanes_;
        for (int block = 0; block < blocks; ++block) {
            const auto element = element_of<fused>(scales, block);
            for (int i = 0; i < strips; ++i) {
                fetch_ahead(values, decoded);
                decode_strip<fused, counts_clipped>(element, values, decoded, index_of(values - in_.values), lanes);
                values += strip;
                decoded += strip;
            }
        }
        lanes_ = lanes;
    }

    template <bool fused>
    auto element_of(const Scales& scales, int block) const
    {
        if constexpr (fused)
            return scheme_.fused_element(scales, block);
        else
            return scheme_.element(scales, block);
    }

    template <bool fused, bool counts_clipped>
    void one_block(const Scales& scales, int block, std::int64_t begin, std::int64_t length, LaneCounts& lanes)
    {
        const std::int64_t strips = length / strip * strip;
        const auto element = element_of<fused>(scales, block);
        for (std::int64_t i = 0; i < strips; i += strip) {
            fetch_ahead(in_.values + begin + i, out_ + begin + i);
            decode_strip<fused, counts_clipped>(element, in_.values + begin + i, out_ + begin + i, index_of(begin + i),
                                                lanes);
        }
        if (strips < length)
            decode_rest(scheme_.element(scales, block), begin + strips, length - strips);
    }

    /// Asks for what the next group of blocks reads and writes, while this one is computed: reading a group for its
    /// statistics would wait for every line otherwise.
    void fetch_ahead(const float* values, float* decoded) const
    {
        __builtin_prefetch(values + ahead_);
        __builtin_prefetch(decoded + ahead_, 1);
    }

    /// Place of a panel's element in the flattened matrix.
    std::uint64_t index_of(std::int64_t in_panel) const
    {
        return static_cast<std::uint64_t>(in_.first_row * in_.cols + in_panel);
    }

    template <bool fused, bool counts_clipped, class ElementOf>
    static void decode_strip(const ElementOf& element, const float* __restrict values, float* __restrict decoded,
                             std::uint64_t index, LaneCounts& lanes)
    {
        const auto element_of_lane = strip_elements(element, values, index);
        for (int lane = 0; lane < strip; ++lane) {
            const Element result = element_of_lane(lane);
            const float positive_zero = without_negative_zero<fused>(result.decoded);
            decoded[lane] = positive_zero;
            const bool became_zero = (values[lane] != 0) & (positive_zero == 0);
            lanes.zeroed[lane] = became_zero ? lanes.zeroed[lane] + 1 : lanes.zeroed[lane];
            if constexpr (counts_clipped)
                lanes.clipped[lane] = result.clipped != 0 ? lanes.clipped[lane] + 1 : lanes.clipped[lane];
        }
    }

    template <bool fused>
    static float without_negative_zero(float decoded)
    {
        if constexpr (fused || requires { typename std::enable_if_t<Scheme::never_negative_zero>; })
            return decoded;
        else
            return decoded + 0.0F;
    }

    __attribute__((noinline)) void short_block(const Scales& scales, int block, std::int64_t begin, std::int64_t length)
    {
        decode_rest(short_element(scales, block), begin, length);
    }

    auto short_element(const Scales& scales, int block) const
    {
        if constexpr (requires { scheme_.short_element(scales, block); })
            return scheme_.short_element(scales, block);
        else
            return scheme_.element(scales, block);
    }

    template <class ElementOf>
    __attribute__((noinline)) void decode_rest(const ElementOf& element, std::int64_t begin, std::int64_t length)
    {
        for (std::int64_t i = begin; i < begin + length; ++i) {
            const Element result = decoded_element(element, in_.values[i], index_of(i));
            out_[i] = result.decoded + 0.0F;
            counts_.zeroed += in_.values[i] != 0 && out_[i] == 0 ? 1 : 0;
            counts_.clipped += result.clipped;
        }
    }

    __attribute__((noinline)) void trace_blocks(const Scales& scales, int count, std::int64_t offset,
                                                std::int64_t band_lines, std::int64_t length, std::int64_t used,
                                                std::int64_t width)
    {
        float* codes = trace_->codes.data() + trace_->codes.size() - in_.rows * in_.cols;
        for (std::int64_t line = 0; line < band_lines; ++line)
            for (std::int64_t i = 0; i < used; ++i) {
                const std::int64_t at = offset + line * length + i;
                const int block = static_cast<int>(i / width);
                const float code =
                    (i / width + 1) * width <= used
                        ? decoded_element(scheme_.element(scales, block), in_.values[at], index_of(at)).code
                        : decoded_element(short_element(scales, block), in_.values[at], index_of(at)).code;
                if constexpr (requires { scheme_.code(code); })
                    codes[at] = scheme_.code(code);
                else
                    codes[at] = code;
            }
        for (int block = 0; block < count; ++block)
            scheme_.trace(scales, block, *trace_);
    }

    const Scheme& scheme_;
    const Block& block_;
    const Panel& in_;
    float* out_;
    const TensorStatistics& tensor_;
    Trace* trace_;
    LaneCounts lanes_;
    std::int64_t ahead_ = 0;  ///< weights from the strip in work to the one to ask for
    QuantizationCounts counts_;
};

template <class Scheme>
// NOLINTNEXTLINE(readability-non-const-parameter): written through BlockLoop
QuantizationCounts quantize_blocks(const Scheme& scheme, const Block& block, const Panel& in, float* out,
                                   const TensorStatistics& tensor, Trace* trace)
{
    return BlockLoop<Scheme>(scheme, block, in, out, tensor, trace).run();
}

}  // namespace specsweep::quantize
