#include <array>
#include <cmath>

#include "quantize/formats/ggml_numbers.hpp"
#include "quantize/formats/ggml_search.hpp"

namespace specsweep::quantize {

namespace {

constexpr int block_size = 32;
constexpr std::array<float, 16> table = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// The entry next to x; a tie goes to the upper one.
float nearest_entry(float x)
{
    if (x <= table.front())
        return table.front();
    if (x >= table.back())
        return table.back();
    const auto above = std::upper_bound(table.begin(), table.end(), x);
    return x - *(above - 1) < *above - x ? *(above - 1) : *above;
}

/// Sums of the weighted least-squares fit of d·q to x, with weights x².
struct Fit {
    float qx = 0;
    float q2 = 0;

    Fit(const float* x, float inverse)
    {
        for (int i = 0; i < block_size; ++i) {
            const float q = nearest_entry(inverse * x[i]);
            const float weight = x[i] * x[i];
            qx += weight * q * x[i];
            q2 += weight * q * q;
        }
    }
};

/// @param tries starting points on each side of the middle one; negative: the reference's single one.
void decode(const float* x, float* decoded, int tries)
{
    const float largest = first_largest(x, block_size);
    if (magnitude_of(largest) < ggml_zero_block) {
        std::fill(decoded, decoded + block_size, 0.0F);
        return;
    }
    const float start = 1.0F / (tries > 0 ? -largest / table[0] : largest / table[0]);
    const Fit first(x, start);
    float scale = first.qx / first.q2;
    float best = scale * first.qx;
    for (int step = -tries; step <= tries; ++step) {
        const Fit fit(x, (static_cast<float>(step) + table[0]) / largest);
        if (fit.q2 > 0 && fit.qx * fit.qx > best * fit.q2) {
            scale = fit.qx / fit.q2;
            best = scale * fit.qx;
        }
    }
    const float final_inverse = tries > 0 ? (scale != 0 ? 1.0F / scale : 0.0F) : start;
    const float stored = through_half(scale);
    for (int i = 0; i < block_size; ++i)
        decoded[i] = stored * nearest_entry(final_inverse * x[i]);
}

}  // namespace

void decode_iq4_nl(const float* weights, float* decoded)
{
    decode(weights, decoded, 7);
}

void decode_iq4_nl_reference(const float* weights, float* decoded)
{
    decode(weights, decoded, -1);
}

}  // namespace specsweep::quantize
