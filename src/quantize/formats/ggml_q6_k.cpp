#include <algorithm>
#include <array>

#include "quantize/formats/ggml_numbers.hpp"
#include "quantize/formats/ggml_search.hpp"

namespace specsweep::quantize {

namespace {

constexpr int sub_block = 16;
constexpr int sub_blocks = 16;
constexpr int half_range = 32;

/// Sums of the weighted least-squares fit of s·q to x, with weights x².
struct Fit {
    float xq = 0;
    float q2 = 0;

    Fit(const float* x, float inverse)
    {
        for (int i = 0; i < sub_block; ++i) {
            const float q = nearest_code(inverse * x[i], -half_range, half_range - 1);
            const float weight = x[i] * x[i];
            xq += weight * x[i] * q;
            q2 += weight * q * q;
        }
    }
};

float search(const float* x)
{
    const float largest = first_largest(x, sub_block);
    if (magnitude_of(largest) < ggml_zero_block)
        return 0;
    const Fit first(x, -static_cast<float>(half_range) / largest);
    float scale = first.q2 != 0 ? first.xq / first.q2 : 0.0F;
    float best = scale * first.xq;
    for (int step = -9; step <= 9; ++step) {
        if (step == 0)
            continue;
        const Fit fit(x, -(static_cast<float>(half_range) + 0.1F * static_cast<float>(step)) / largest);
        if (fit.q2 > 0 && fit.xq * fit.xq > best * fit.q2) {
            scale = fit.xq / fit.q2;
            best = scale * fit.xq;
        }
    }
    return scale;
}

}  // namespace

void decode_q6_k(const float* weights, float* decoded)
{
    std::array<float, sub_blocks> scales;
    for (int j = 0; j < sub_blocks; ++j)
        scales[static_cast<std::size_t>(j)] = search(weights + j * sub_block);
    const float largest = first_largest(scales.data(), sub_blocks);
    if (magnitude_of(largest) < ggml_zero_block) {
        std::fill(decoded, decoded + sub_block * sub_blocks, 0.0F);
        return;
    }
    const float inverse = -128.0F / largest;
    const float unit = through_half(1.0F / inverse);
    for (int j = 0; j < sub_blocks; ++j) {
        const float code = std::min(127.0F, round_small(inverse * scales[static_cast<std::size_t>(j)]));
        const float scale = unit * code;
        for (int i = j * sub_block; i < (j + 1) * sub_block; ++i) {
            const float q = scale == 0 ? 0.0F : nearest_code(weights[i] / scale, -half_range, half_range - 1);
            decoded[i] = scale * q;
        }
    }
}

}  // namespace specsweep::quantize
