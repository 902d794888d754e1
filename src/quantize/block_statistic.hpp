#pragma once

#include <cstdint>
#include <limits>

#include "quantize/float_bits.hpp"
#include "quantize/tensor_statistics.hpp"

namespace specsweep::quantize {

/// What is reduced lane by lane in `include_lanes`: strips of this many weights.
inline constexpr int statistic_lanes = 16;

/// Most blocks that include_blocks() takes at once.
inline constexpr int most_blocks = 64;

/// to[i] = pick(from[2i], from[2i + 1])
template <class Input, class Number, class Pick>
void halve(const Input* __restrict from, Number* __restrict to, int count, Pick pick)
{
    for (int i = 0; i < count; ++i)
        to[i] = pick(from[2 * i], from[2 * i + 1]);
}

/// The last three halvings: 8·blocks numbers of `halves` → `blocks` of `results`. Both are overwritten.
template <class Number, class Pick>
void reduce_halves(Number* halves, Number* results, int blocks, Pick pick)
{
    halve(halves, results, 4 * blocks, pick);
    halve(results, halves, 2 * blocks, pick);
    halve(halves, results, blocks, pick);
}

/// Reduces sixteen neighbouring numbers of each block to one, in four halvings that run over all blocks, so that they
/// vectorise. @param lanes 16·blocks numbers, overwritten. @return the first `blocks` of them are the results.
template <class Number, class Pick>
void reduce_lanes(Number* lanes, int blocks, Pick pick)
{
    Number other[most_blocks * statistic_lanes / 2];
    halve(lanes, other, 8 * blocks, pick);
    reduce_halves(other, lanes, blocks, pick);
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

    /// The same for neighbouring blocks of strips·16 weights.
    template <int strips>
    static void include_blocks(AbsoluteMaximum* statistics, const float* __restrict values, int blocks)
    {
        const auto larger_bits = [](std::int32_t a, std::int32_t b) { return a > b ? a : b; };
        std::int32_t lanes[most_blocks * statistic_lanes];
        if constexpr (strips == 1) {
            std::int32_t halves[most_blocks * statistic_lanes / 2];
            halve(values, halves, 8 * blocks,
                  [larger_bits](float a, float b) { return larger_bits(magnitude_bits(a), magnitude_bits(b)); });
            reduce_halves(halves, lanes, blocks, larger_bits);
            for (int block = 0; block < blocks; ++block)
                statistics[block].bits = larger_bits(statistics[block].bits, lanes[block]);
            return;
        }
        for (int block = 0; block < blocks; ++block)
            for (int lane = 0; lane < statistic_lanes; ++lane) {
                const float* weights = values + block * strips * statistic_lanes + lane;
                std::int32_t largest = magnitude_bits(weights[0]);
                for (int i = 1; i < strips; ++i)
                    largest = larger_bits(largest, magnitude_bits(weights[i * statistic_lanes]));
                lanes[block * statistic_lanes + lane] = largest;
            }
        reduce_lanes(lanes, blocks, larger_bits);
        for (int block = 0; block < blocks; ++block)
            statistics[block].bits = larger_bits(statistics[block].bits, lanes[block]);
    }
};

/// min w and max w of a block. The sign of a zero among them is not defined.
struct Range {
    float lowest = std::numeric_limits<float>::infinity();
    float highest = -std::numeric_limits<float>::infinity();

    float low() const { return lowest; }
    float high() const { return highest; }
    static Range of(const TensorStatistics& tensor) { return {tensor.minimum, tensor.maximum}; }

    template <class Width>
    void include(const float* values, Width width)
    {
        float low = lowest;
        float high = highest;
        for (std::int64_t i = 0; i < width; ++i) {
            low = smaller(values[i], low);
            high = larger(values[i], high);
        }
        lowest = low;
        highest = high;
    }

    /// The same for neighbouring blocks of strips·16 weights.
    template <int strips>
    static void include_blocks(Range* statistics, const float* __restrict values, int blocks)
    {
        float lows[most_blocks * statistic_lanes];
        float highs[most_blocks * statistic_lanes];
        for (int block = 0; block < blocks; ++block)
            for (int lane = 0; lane < statistic_lanes; ++lane) {
                const float* weights = values + block * strips * statistic_lanes + lane;
                float low = weights[0];
                float high = weights[0];
                for (int i = 1; i < strips; ++i) {
                    low = smaller(weights[i * statistic_lanes], low);
                    high = larger(weights[i * statistic_lanes], high);
                }
                lows[block * statistic_lanes + lane] = low;
                highs[block * statistic_lanes + lane] = high;
            }
        reduce_lanes(lows, blocks, [](float a, float b) { return smaller(a, b); });
        reduce_lanes(highs, blocks, [](float a, float b) { return larger(a, b); });
        for (int block = 0; block < blocks; ++block) {
            statistics[block].lowest = smaller(lows[block], statistics[block].lowest);
            statistics[block].highest = larger(highs[block], statistics[block].highest);
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
        for (std::int64_t i = 0; i < width; ++i) {
            const double w = values[i];
            absolute_sum += w < 0 ? -w : w;
            square_sum += w * w;
        }
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
};

}  // namespace specsweep::quantize
