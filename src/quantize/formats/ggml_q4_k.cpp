#include <algorithm>
#include <array>
#include <cmath>

#include "quantize/formats/ggml_numbers.hpp"
#include "quantize/formats/ggml_search.hpp"

namespace specsweep::quantize {

namespace {

constexpr int sub_block = 32;
constexpr int sub_blocks = 8;
constexpr float top = 15;
constexpr int steps = 20;

struct ScaleAndMinimum {
    float scale = 0;
    float minimum = 0;  ///< ≤ 0: x ≈ scale·q + minimum
};

using Codes = std::array<float, sub_block>;

Codes codes_of(const float* x, float inverse, float minimum)
{
    Codes codes;
    for (std::size_t i = 0; i < sub_block; ++i)
        codes[i] = nearest_code(inverse * (x[i] - minimum), 0, top);
    return codes;
}

float weighted_error(const float* x, const Codes& weights, const Codes& codes, const ScaleAndMinimum& fit)
{
    float error = 0;
    for (std::size_t i = 0; i < sub_block; ++i) {
        const float difference = fit.scale * codes[i] + fit.minimum - x[i];
        error += weights[i] * (difference * difference);
    }
    return error;
}

/// Weighted least squares for scale and minimum, given codes. @return false where the system is singular.
bool least_squares(const float* x, const Codes& weights, const Codes& codes, float sum_w, float sum_x,
                   ScaleAndMinimum& fit)
{
    float sum_q = 0;
    float sum_q2 = 0;
    float sum_xq = 0;
    for (std::size_t i = 0; i < sub_block; ++i) {
        const float wq = weights[i] * codes[i];
        sum_q += wq;
        sum_q2 += wq * codes[i];
        sum_xq += wq * x[i];
    }
    const float determinant = sum_w * sum_q2 - sum_q * sum_q;
    if (!(determinant > 0))
        return false;
    fit = {(sum_w * sum_xq - sum_x * sum_q) / determinant, (sum_q2 * sum_x - sum_q * sum_xq) / determinant};
    if (fit.minimum > 0)
        fit = {sum_xq / sum_q2, 0};
    return true;
}

ScaleAndMinimum search(const float* x)
{
    float sum_squares = 0;
    for (int i = 0; i < sub_block; ++i)
        sum_squares += x[i] * x[i];
    const float root_mean_square = std::sqrt(sum_squares / sub_block);
    Codes weights;
    for (std::size_t i = 0; i < sub_block; ++i)
        weights[i] = root_mean_square + magnitude_of(x[i]);

    const float low = std::min(0.0F, *std::min_element(x, x + sub_block));
    const float high = *std::max_element(x, x + sub_block);
    if (high == low)
        return {0, low};
    float sum_w = weights[0];
    float sum_x = weights[0] * x[0];
    for (std::size_t i = 1; i < sub_block; ++i) {
        sum_w += weights[i];
        sum_x += weights[i] * x[i];
    }
    ScaleAndMinimum best{1.0F / (top / (high - low)), low};
    float best_error = weighted_error(x, weights, codes_of(x, top / (high - low), low), best);
    for (int step = 0; step <= steps; ++step) {
        // The range follows the minimum as it was fitted so far.
        const float inverse = (-1.0F + 0.1F * static_cast<float>(step) + top) / (high - best.minimum);
        const Codes codes = codes_of(x, inverse, best.minimum);
        ScaleAndMinimum fit;
        if (!least_squares(x, weights, codes, sum_w, sum_x, fit))
            continue;
        const float error = weighted_error(x, weights, codes, fit);
        if (error < best_error) {
            best_error = error;
            best = fit;
        }
    }
    return best;
}

}  // namespace

void decode_q4_k(const float* weights, float* decoded)
{
    std::array<ScaleAndMinimum, sub_blocks> found;
    float largest_scale = 0;
    float largest_minimum = 0;
    for (int j = 0; j < sub_blocks; ++j) {
        ScaleAndMinimum& fit = found[static_cast<std::size_t>(j)];
        fit = search(weights + j * sub_block);
        largest_scale = std::max(largest_scale, fit.scale);
        largest_minimum = std::max(largest_minimum, -fit.minimum);
    }
    const float scale_codes = largest_scale > 0 ? 63.0F / largest_scale : 0.0F;
    const float minimum_codes = largest_minimum > 0 ? 63.0F / largest_minimum : 0.0F;
    const float scale_unit = through_half(largest_scale / 63.0F);
    const float minimum_unit = through_half(largest_minimum / 63.0F);
    for (int j = 0; j < sub_blocks; ++j) {
        const ScaleAndMinimum& fit = found[static_cast<std::size_t>(j)];
        const float scale = scale_unit * nearest_code(scale_codes * fit.scale, 0, 63);
        const float minimum = minimum_unit * nearest_code(minimum_codes * -fit.minimum, 0, 63);
        for (int i = j * sub_block; i < (j + 1) * sub_block; ++i) {
            const float code = scale == 0 ? 0.0F : nearest_code((weights[i] + minimum) / scale, 0, top);
            decoded[i] = scale * code - minimum;
        }
    }
}

}  // namespace specsweep::quantize
