#pragma once

#include <cstdint>

#include "quantize/float_bits.hpp"
#include "quantize/tensor_statistics.hpp"

namespace specsweep::quantize {

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
};

/// min w and max w of a block, as ordered integers.
struct Range {
    std::int32_t low_bits = INT32_MAX;
    std::int32_t high_bits = INT32_MIN;

    float low() const { return from_ordered_bits(low_bits); }
    float high() const { return from_ordered_bits(high_bits); }
    static Range of(const TensorStatistics& tensor)
    {
        return {ordered_bits(tensor.minimum), ordered_bits(tensor.maximum)};
    }

    template <class Width>
    void include(const float* values, Width width)
    {
        std::int32_t low = low_bits;
        std::int32_t high = high_bits;
        for (std::int64_t i = 0; i < width; ++i) {
            const std::int32_t key = ordered_bits(values[i]);
            low = low < key ? low : key;
            high = high > key ? high : key;
        }
        low_bits = low;
        high_bits = high;
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
