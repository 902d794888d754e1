#pragma once

#include <array>
#include <cstdint>

#include "quantize/block_statistic.hpp"
#include "quantize/float_bits.hpp"
#include "quantize/philox.hpp"

namespace specsweep::quantize {

/// Blocks whose scales are made together, so that this vectorises too.
inline constexpr int blocks_at_once = most_blocks;

/// One decoded weight.
struct Element {
    float decoded;         ///< −0 allowed, unless the scheme says never_negative_zero
    float code;            ///< for the trace: value on the element grid before scaling
    std::int32_t clipped;  ///< 1: beyond the outermost level
};

/// An element() with random numbers: decoded_of(w, random), `random` as random_of_element() gives it.
template <class DecodedOf>
struct Randomised {
    std::uint64_t seed;
    DecodedOf decoded_of;
};
template <class DecodedOf>
Randomised(std::uint64_t, DecodedOf) -> Randomised<DecodedOf>;

/// An element() that looks something up in memory: decoded_of(w, v, lookup.value(v)) with v = scaled(w). A strip goes
/// through the three steps one after another, so that the first and the last are vector loops.
template <class Lookup, class Scaled, class DecodedOf>
struct LookedUp {
    Lookup lookup;
    Scaled scaled;
    DecodedOf decoded_of;
};
template <class Lookup, class Scaled, class DecodedOf>
LookedUp(Lookup, Scaled, DecodedOf) -> LookedUp<Lookup, Scaled, DecodedOf>;

/// Elements that are decoded together: a multiple of every vector register's length.
inline constexpr int strip = 16;

static_assert(strip == random_strip);

template <class ElementOf>
inline constexpr bool is_randomised = requires(const ElementOf& element)
{
    element.seed;
};

template <class ElementOf>
inline constexpr bool is_looked_up = requires(const ElementOf& element)
{
    element.lookup;
};

/// @param index place of the element in the flattened matrix
template <class ElementOf>
Element decoded_element(const ElementOf& element, float value, std::uint64_t index)
{
    if constexpr (is_randomised<ElementOf>)
        return element.decoded_of(value, random_of_element(element.seed, index));
    else if constexpr (is_looked_up<ElementOf>)
        return element.decoded_of(value, element.scaled(value), element.lookup.value(element.scaled(value)));
    else
        return element(value);
}

/// lane → Element, of a strip whose first element is `index`.
template <class ElementOf>
auto strip_elements(const ElementOf& element, const float* values, [[maybe_unused]] std::uint64_t index)
{
    if constexpr (is_randomised<ElementOf>) {
        std::array<std::uint32_t, strip> random;
        random_of_strip(element.seed, index, random.data());
        return [&element, values, random](int lane) {
            return element.decoded_of(values[lane], random[static_cast<std::size_t>(lane)]);
        };
    } else if constexpr (is_looked_up<ElementOf>) {
        std::array<float, strip> scaled;
        std::array<float, strip> found;
        for (std::size_t lane = 0; lane < strip; ++lane)
            scaled[lane] = element.scaled(values[lane]);
        element.lookup.values(scaled, found);
        return [&element, values, scaled, found](int lane) {
            const auto i = static_cast<std::size_t>(lane);
            return element.decoded_of(values[lane], scaled[i], found[i]);
        };
    } else {
        return [&element, values](int lane) { return element(values[lane]); };
    }
}

/// Per lane of a strip, so that counting needs no sum across a register.
struct LaneCounts {
    std::int32_t zeroed[strip] = {};
    std::int32_t clipped[strip] = {};
};

/// 1 when the scaled magnitude |x| lies beyond the outermost level by more than the roundings of the scale explain.
inline std::int32_t beyond(float x, float outermost)
{
    return magnitude_bits(x) > bits_of(outermost * (1.0F + 0x1p-22F)) ? 1 : 0;
}

}  // namespace specsweep::quantize
