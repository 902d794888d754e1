#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "quantize/float_bits.hpp"
#include "quantize/tensor_statistics.hpp"
#include "quantize/vectorised.hpp"
#include "quantize/wide_ends.hpp"

namespace specsweep::quantize {

/// Blocks of strips·16 weights are folded to this many numbers before the halvings.
template <int strips>
inline constexpr int folded_lanes = strips <= 2 ? 8 : 16;

/// Most blocks that include_blocks() takes at once.
inline constexpr int most_blocks = 64;

/// `count` lines of a panel, `stride` weights apart.
struct Lines {
    const float* values;
    std::int64_t count;
    std::int64_t stride;

    Lines from(std::int64_t column) const { return {values + column, count, stride}; }
};

/// to[i] = pick(from[2i], from[2i + 1])
template <class Input, class Number, class Pick>
void halve(const Input* __restrict from, Number* __restrict to, int count, Pick pick)
{
    for (int i = 0; i < count; ++i)
        to[i] = pick(from[2 * i], from[2 * i + 1]);
}

/// `lanes` (8 or 16) neighbouring numbers to one, `count` times, in halvings that run over all of them, so that they
/// vectorise. @param numbers lanes·count of them, overwritten.
template <int lanes, class Number, class Pick>
void reduce_lanes(Number* numbers, Number* results, int count, Pick pick)
{
    Number half[most_blocks * 2 * lanes / 2];
    halve(numbers, half, lanes / 2 * count, pick);
    if constexpr (lanes == 16) {
        reduce_lanes<8>(half, results, count, pick);
    } else {
        halve(half, numbers, 2 * count, pick);
        halve(numbers, results, count, pick);
    }
}

/// Blocks from the first on that AVX-512 takes sixteen at a time: those of a single line.
template <VectorLevel level>
int wide_blocks_of(const Lines& lines, int blocks)
{
    return level == VectorLevel::avx512 && lines.count == 1 ? blocks / 16 * 16 : 0;
}

/// fold(weights, block, lane, first) for every lane of neighbouring blocks, each `width` wide and as high as the lines:
/// what is in it are weights[0], weights[lanes], …; `first` on the first line.
template <int lanes, class Fold>
void fold_blocks(const Lines& lines, int blocks, int width, Fold fold)
{
    const auto fold_line = [&](std::int64_t line, auto first) {
        const float* values = lines.values + line * lines.stride;
        for (int block = 0; block < blocks; ++block)
            for (int lane = 0; lane < lanes; ++lane)
                fold(values + block * width + lane, block, lane, first);
    };
    fold_line(0, std::true_type{});
    for (std::int64_t line = 1; line < lines.count; ++line)
        fold_line(line, std::false_type{});
}

/// max |w| of a block, as the bits of the magnitude: integer maxima vectorise and are exact in any order.
struct AbsoluteMaximum {
    std::int32_t bits = 0;

    float value() const { return float_of(bits); }
    static AbsoluteMaximum of(const TensorStatistics& tensor) { return {bits_of(tensor.absolute_maximum)}; }

    template <class Width>
    void include(const float* values, Width width)
    {
        std::int32_t largest = bits;
        for (std::int64_t i = 0; i < width; ++i) {
            const std::int32_t magnitude = magnitude_bits(values[i]);
            largest = largest > magnitude ? largest : magnitude;
        }
        bits = largest;
    }

    /// The same for neighbouring blocks, each strips·16 weights wide and as high as the lines.
    template <VectorLevel level, int strips>
    static void include_blocks(AbsoluteMaximum* statistics, const Lines& lines, int blocks)
    {
        const int wide = wide_blocks_of<level>(lines, blocks);
#if defined(__x86_64__)
        if constexpr (level == VectorLevel::avx512) {
            float largest[most_blocks];
            wide_magnitudes<strips>(lines.values, wide, largest);
            for (int block = 0; block < wide; ++block)
                statistics[block].bits = larger_bits(statistics[block].bits, bits_of(largest[block]));
        }
#endif
        if (wide < blocks)
            fold_blocks_of<strips>(statistics + wide, lines.from(wide * strips * 16), blocks - wide);
    }

private:
    static std::int32_t larger_bits(std::int32_t a, std::int32_t b)
    {
        return a > b ? a : b;
    }

    template <int strips>
    static void fold_blocks_of(AbsoluteMaximum* statistics, const Lines& lines, int blocks)
    {
        constexpr int lanes = folded_lanes<strips>;
        std::int32_t folded[most_blocks * lanes];
        std::int32_t maxima[most_blocks];
        fold_blocks<lanes>(lines, blocks, strips * 16, [&](const float* weights, int block, int lane, auto first) {
            std::int32_t& place = folded[block * lanes + lane];
            std::int32_t largest = magnitude_bits(weights[0]);
            for (int i = lanes; i < strips * 16; i += lanes)
                largest = larger_bits(largest, magnitude_bits(weights[i]));
            place = first ? largest : larger_bits(place, largest);
        });
        reduce_lanes<lanes>(folded, maxima, blocks, larger_bits);
        for (int block = 0; block < blocks; ++block)
            statistics[block].bits = larger_bits(statistics[block].bits, maxima[block]);
    }
};

/// min w and max w of a block. The sign of a zero among them is not defined.
struct Range {
    float lowest = std::numeric_limits<float>::infinity();
    float highest = -std::numeric_limits<float>::infinity();

    float low() const { return lowest; }
    float high() const { return highest; }
    float magnitude() const { return larger(-lowest, highest); }
    static Range of(const TensorStatistics& tensor) { return {tensor.minimum, tensor.maximum}; }

    /// Integers that are ordered like the floats, and back: their minima vectorise.
    static std::int32_t ordered(float w) { return bits_of(w) ^ ((bits_of(w) >> 31) & INT32_MAX); }
    static float from_order(std::int32_t order) { return float_of(order ^ ((order >> 31) & INT32_MAX)); }

    template <class Width>
    void include(const float* values, Width width)
    {
        std::int32_t low = ordered(lowest);
        std::int32_t high = ordered(highest);
        for (std::int64_t i = 0; i < width; ++i) {
            const std::int32_t order = ordered(values[i]);
            low = order < low ? order : low;
            high = order > high ? order : high;
        }
        lowest = from_order(low);
        highest = from_order(high);
    }

    /// The same for neighbouring blocks, each strips·16 weights wide and as high as the lines.
    template <VectorLevel level, int strips>
    static void include_blocks(Range* statistics, const Lines& lines, int blocks)
    {
        const int wide = wide_blocks_of<level>(lines, blocks);
#if defined(__x86_64__)
        if constexpr (level == VectorLevel::avx512) {
            float lows[most_blocks];
            float highs[most_blocks];
            wide_ranges<strips>(lines.values, wide, lows, highs);
            for (int block = 0; block < wide; ++block) {
                statistics[block].lowest = smaller(lows[block], statistics[block].lowest);
                statistics[block].highest = larger(highs[block], statistics[block].highest);
            }
        }
#endif
        if (wide < blocks)
            fold_blocks_of<strips>(statistics + wide, lines.from(wide * strips * 16), blocks - wide);
    }

private:
    template <int strips>
    static void fold_blocks_of(Range* statistics, const Lines& lines, int blocks)
    {
        constexpr int lanes = folded_lanes<strips>;
        float folded[2 * most_blocks * lanes];  // of each block the minima, then the maxima with their signs turned
        float ends[2 * most_blocks];
        fold_blocks<lanes>(lines, blocks, strips * 16, [&](const float* weights, int block, int lane, auto first) {
            float* place = folded + 2 * block * lanes + lane;
            float low = weights[0];
            float high = weights[0];
            for (int i = lanes; i < strips * 16; i += lanes) {
                low = smaller(weights[i], low);
                high = larger(weights[i], high);
            }
            place[0] = first ? low : smaller(place[0], low);
            place[lanes] = first ? -high : smaller(place[lanes], -high);
        });
        reduce_lanes<lanes>(folded, ends, 2 * blocks, smaller);
        for (int block = 0; block < blocks; ++block) {
            statistics[block].lowest = smaller(ends[2 * block], statistics[block].lowest);
            statistics[block].highest = larger(-ends[2 * block + 1], statistics[block].highest);
        }
    }
};

/// Σ|w| and Σw² of a block, in binary64, in the order of the elements.
struct Moments {
    double absolute_sum = 0;
    double square_sum = 0;
    std::int64_t count = 0;

    double mean_magnitude() const { return count == 0 ? 0 : absolute_sum / static_cast<double>(count); }
    double mean_square() const { return count == 0 ? 0 : square_sum / static_cast<double>(count); }
    static Moments of(const TensorStatistics& tensor)
    {
        return {tensor.absolute_sum, tensor.square_sum, tensor.rows * tensor.cols};
    }

    template <class Width>
    void include(const float* values, Width width)
    {
        double absolutes = absolute_sum;  // in registers: members would be stored and fetched with every weight
        double squares = square_sum;
        for (std::int64_t i = 0; i < width; ++i) {
            const double w = values[i];
            absolutes += std::abs(w);
            squares += w * w;
        }
        absolute_sum = absolutes;
        square_sum = squares;
        count += width;
    }
};

/// Σw² of a block, in binary64: of each line eight interleaved partial sums (w of column i of the block to sum i mod
/// 8), which go on from line to line and are added in their order. Of a tensor that of TensorStatistics.
struct SquareSum {
    static constexpr int lanes = 8;

    double partial[lanes] = {};
    std::int64_t count = 0;

    double mean_square() const
    {
        double sum = 0;
        for (const double lane : partial)
            sum += lane;
        return count == 0 ? 0 : sum / static_cast<double>(count);
    }
    static SquareSum of(const TensorStatistics& tensor) { return {{tensor.square_sum}, tensor.rows * tensor.cols}; }

    template <class Width>
    void include(const float* values, Width width)
    {
        double squares[lanes];  // in a register: members would be stored and fetched with every weight
        for (int lane = 0; lane < lanes; ++lane)
            squares[lane] = partial[lane];
        const std::int64_t whole = width / lanes * lanes;
        for (std::int64_t i = 0; i < whole; i += lanes)
            for (int lane = 0; lane < lanes; ++lane) {
                const double w = values[i + lane];
                squares[lane] += w * w;
            }
        for (std::int64_t i = whole; i < width; ++i) {
            const double w = values[i];
            squares[i - whole] += w * w;
        }
        for (int lane = 0; lane < lanes; ++lane)
            partial[lane] = squares[lane];
        count += width;
    }
};

/// The first of the weights with the largest magnitude, with its sign.
struct SignedMaximum {
    float largest = 0;

    static SignedMaximum of(const TensorStatistics& tensor)
    {
        return {-tensor.minimum > tensor.maximum ? tensor.minimum : tensor.maximum};
    }

    template <class Width>
    void include(const float* values, Width width)
    {
        for (std::int64_t i = 0; i < width; ++i)
            largest = magnitude_bits(values[i]) > magnitude_bits(largest) ? values[i] : largest;
    }

    /// The same for neighbouring blocks, each strips·16 weights wide and as high as the lines: the farther end of their
    /// ranges. Only where both ends are as far has the order of the weights to be looked at.
    template <VectorLevel level, int strips>
    static void include_blocks(SignedMaximum* statistics, const Lines& lines, int blocks)
    {
        Range ranges[most_blocks];
        Range::include_blocks<level, strips>(ranges, lines, blocks);
        for (int block = 0; block < blocks; ++block) {
            const auto [low, high] = ranges[block];
            if (-low == high)
                include_lines(statistics[block], lines.from(block * strips * 16), strips * 16);
            else
                statistics[block].include(-low > high ? &low : &high, 1);
        }
    }

private:
    __attribute__((noinline)) static void include_lines(SignedMaximum& statistic, const Lines& lines, int width)
    {
        for (std::int64_t line = 0; line < lines.count; ++line)
            statistic.include(lines.values + line * lines.stride, width);
    }
};

}  // namespace specsweep::quantize
