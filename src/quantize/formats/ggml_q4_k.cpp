#include "quantize/formats/ggml_numbers.hpp"
#include "quantize/formats/ggml_search.hpp"

namespace specsweep::quantize {

namespace {

constexpr int sub_block = 32;
constexpr int sub_blocks = 8;
constexpr int block_size = sub_block * sub_blocks;
constexpr float top = 15;
constexpr int steps = 20;

template <class L>
struct ScaleAndMinimum {
    typename L::Float scale;
    typename L::Float minimum;  ///< ≤ 0: x ≈ scale·q + minimum
};

/// As many sub-blocks as there are lanes, weighted by their root mean square and magnitudes.
template <class L>
struct Sample {
    using Float = typename L::Float;
    Float x[sub_block];
    Float weights[sub_block];
    Float sum_w;
    Float sum_x;
    Float low = L::zero();
    Float high;

    explicit Sample(const float* values)
    {
        L::template load_columns<sub_block>(values, x);
        Float sum_squares = L::zero();
        high = x[0];
        for (int i = 0; i < sub_block; ++i) {
            sum_squares = sum_squares + x[i] * x[i];
            low = L::smaller(x[i], low);
            high = L::larger(x[i], high);
        }
        const Float root_mean_square = L::square_root(sum_squares / L::of(sub_block));
        for (int i = 0; i < sub_block; ++i)
            weights[i] = root_mean_square + L::magnitude(x[i]);
        sum_w = weights[0];
        sum_x = weights[0] * x[0];
        for (int i = 1; i < sub_block; ++i) {
            sum_w = sum_w + weights[i];
            sum_x = sum_x + weights[i] * x[i];
        }
    }

    void code(Float inverse, Float minimum, Float* codes) const
    {
        for (int i = 0; i < sub_block; ++i)
            codes[i] = nearest_code<L>(inverse * (x[i] - minimum), 0, top);
    }

    Float weighted_error(const Float* codes, const ScaleAndMinimum<L>& fit) const
    {
        Float error = L::zero();
        for (int i = 0; i < sub_block; ++i) {
            const Float difference = fit.scale * codes[i] + fit.minimum - x[i];
            error = error + weights[i] * (difference * difference);
        }
        return error;
    }

    /// Weighted least squares for scale and minimum, given codes. @return lanes where the system is not singular.
    auto least_squares(const Float* codes, ScaleAndMinimum<L>& fit) const
    {
        Float sum_q = L::zero();
        Float sum_q2 = L::zero();
        Float sum_xq = L::zero();
        for (int i = 0; i < sub_block; ++i) {
            const Float wq = weights[i] * codes[i];
            sum_q = sum_q + wq;
            sum_q2 = sum_q2 + wq * codes[i];
            sum_xq = sum_xq + wq * x[i];
        }
        const Float determinant = sum_w * sum_q2 - sum_q * sum_q;
        fit = {(sum_w * sum_xq - sum_x * sum_q) / determinant, (sum_q2 * sum_x - sum_q * sum_xq) / determinant};
        const auto above = fit.minimum > L::zero();
        fit = {L::select(above, sum_xq / sum_q2, fit.scale), L::select(above, L::zero(), fit.minimum)};
        return determinant > L::zero();
    }
};

template <class L>
ScaleAndMinimum<L> search(const float* values)
{
    using Float = typename L::Float;
    const Sample<L> sample(values);
    const Float range = sample.high - sample.low;
    ScaleAndMinimum<L> best{L::of(1) / (L::of(top) / range), sample.low};
    Float codes[sub_block];
    sample.code(L::of(top) / range, sample.low, codes);
    Float best_error = sample.weighted_error(codes, best);
    for (int step = 0; step <= steps; ++step) {
        // The range follows the minimum as it was fitted so far.
        const float parts = -1.0F + 0.1F * static_cast<float>(step) + top;
        sample.code(L::of(parts) / (sample.high - best.minimum), best.minimum, codes);
        ScaleAndMinimum<L> fit;
        const auto regular = sample.least_squares(codes, fit);
        const Float error = sample.weighted_error(codes, fit);
        const auto better = regular & (error < best_error);
        best_error = L::select(better, error, best_error);
        best = {L::select(better, fit.scale, best.scale), L::select(better, fit.minimum, best.minimum)};
    }
    const auto constant = sample.high == sample.low;
    return {L::select(constant, L::zero(), best.scale), L::select(constant, sample.low, best.minimum)};
}

/// One block of eight sub-blocks whose scales and minima were found.
void decode_block(const float* weights, const float* scales, const float* minima, float* decoded)
{
    float largest_scale = 0;
    float largest_minimum = 0;
    for (int j = 0; j < sub_blocks; ++j) {
        largest_scale = larger(scales[j], largest_scale);
        largest_minimum = larger(-minima[j], largest_minimum);
    }
    const float scale_codes = largest_scale > 0 ? 63.0F / largest_scale : 0.0F;
    const float minimum_codes = largest_minimum > 0 ? 63.0F / largest_minimum : 0.0F;
    const float scale_unit = through_half(largest_scale / 63.0F);
    const float minimum_unit = through_half(largest_minimum / 63.0F);
    for (int j = 0; j < sub_blocks; ++j) {
        const float scale = scale_unit * nearest_code(scale_codes * scales[j], 0, 63);
        const float minimum = minimum_unit * nearest_code(minimum_codes * -minima[j], 0, 63);
        const float divisor = scale == 0 ? 1.0F : scale;  // codes do not matter then
        for (int i = j * sub_block; i < (j + 1) * sub_block; ++i)
            decoded[i] = scale * nearest_code((weights[i] + minimum) / divisor, 0, top) - minimum;
    }
}

}  // namespace

void decode_q4_k(const float* weights, std::int64_t blocks, float* decoded)
{
    constexpr int group = ggml_group * sub_block;
    decode_groups<group>(weights, blocks * block_size, decoded, []<class L>(L, const float* from, float* to) {
        float scales[ggml_group];
        float minima[ggml_group];
        for (int j = 0; j < ggml_group; j += L::count) {
            const ScaleAndMinimum<L> found = search<L>(from + j * sub_block);
            L::store(scales + j, found.scale);
            L::store(minima + j, found.minimum);
        }
        for (int j = 0; j < ggml_group; j += sub_blocks)
            decode_block(from + j * sub_block, scales + j, minima + j, to + j * sub_block);
    });
}

}  // namespace specsweep::quantize
