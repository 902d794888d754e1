#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "quantize/registry.hpp"
#include "quantize/trace.hpp"

namespace specsweep::quantize {
namespace {

/// A is an odd multiple of 7 times a power of two, of usual weights or close to where levels become subnormal:
/// then 1.5·s8·A/2688 often lies exactly in the middle of two floats.
float tensor_maximum(std::mt19937& random)
{
    const auto seventh = static_cast<std::uint32_t>((1U << 23U) / 7 + 1 + random() % ((1U << 23U) / 7 - 2)) | 1U;
    return std::ldexp(static_cast<float>(7 * seventh), random() % 2 == 0 ? -26 : -120);
}

bool in_the_middle_of_two_floats(double x)
{
    return (std::bit_cast<std::uint64_t>(x) & 0x1FFFFFFF) == 0x10000000;
}

/// double(code)·double(s8)·double(A)/2688, rounded once (docs/quantizers.md), by every way in which a block is decoded.
TEST(Nvfp4Decoding, RoundsOnceAlsoInTheMiddleOfTwoFloats)
{
    constexpr std::int64_t rows = 8;
    constexpr std::int64_t cols = 512;
    const auto quantizer = make_quantizer("nvfp4");
    std::mt19937 random(3);
    int middles = 0;
    for (int round = 0; round < 100; ++round) {
        const float a = tensor_maximum(random);
        std::uniform_real_distribution<float> uniform(-1, 1);
        std::vector<float> weights(rows * cols);
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = a * uniform(random) / static_cast<float>(1 + i / 16 % 23);
        weights[0] = a;
        std::vector<float> out(weights.size());
        Trace trace;
        quantizer->apply_traced({weights.data(), 0, rows, cols}, out.data(), statistics_of(weights, cols), trace);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double exact = static_cast<double>(trace.codes[i]) * trace.scales[i / 16] * a / 2688.0;
            middles += in_the_middle_of_two_floats(exact) ? 1 : 0;
            ASSERT_EQ(out[i], static_cast<float>(exact)) << "A = " << a << ", weight " << i;
        }
    }
    EXPECT_GT(middles, 100);
}

}  // namespace
}  // namespace specsweep::quantize
