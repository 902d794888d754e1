#include <algorithm>

#include "quantize/formats/ggml_numbers.hpp"
#include "quantize/formats/ggml_search.hpp"

namespace specsweep::quantize {

namespace {

constexpr int sub_block = 16;
constexpr int sub_blocks = ggml_group;
constexpr int half_range = 32;

/// Sums of the weighted least-squares fit of s·q to x, with weights x².
template <class L>
struct Fit {
    typename L::Float xq = L::zero();
    typename L::Float q2 = L::zero();

    Fit(const typename L::Float* x, typename L::Float inverse)
    {
        for (int i = 0; i < sub_block; ++i) {
            const typename L::Float q = nearest_code<L>(inverse * x[i], -half_range, half_range - 1);
            const typename L::Float weight = x[i] * x[i];
            xq = xq + weight * x[i] * q;
            q2 = q2 + weight * q * q;
        }
    }
};

/// The scales of as many sub-blocks as there are lanes.
template <class L>
typename L::Float search(const float* weights)
{
    using Float = typename L::Float;
    Float x[sub_block];
    L::template load_columns<sub_block>(weights, x);
    const Float largest = first_largest<L, sub_block>(x);
    const Fit<L> first(x, L::of(-half_range) / largest);
    Float scale = L::select(first.q2 == L::zero(), L::zero(), first.xq / first.q2);
    Float best = scale * first.xq;
    for (int step = -9; step <= 9; ++step) {
        if (step == 0)
            continue;
        const Fit<L> fit(x, L::of(-(static_cast<float>(half_range) + 0.1F * static_cast<float>(step))) / largest);
        const auto better = (fit.q2 > L::zero()) & (fit.xq * fit.xq > best * fit.q2);
        scale = L::select(better, fit.xq / fit.q2, scale);
        best = L::select(better, scale * fit.xq, best);
    }
    return L::select(L::magnitude(largest) < L::of(ggml_zero_block), L::zero(), scale);
}

/// The first of the scales of the largest magnitude.
float farthest(const float* scales)
{
    return *std::max_element(scales, scales + sub_blocks,
                             [](float a, float b) { return magnitude_of(a) < magnitude_of(b); });
}

}  // namespace

void decode_q6_k(const float* weights, std::int64_t blocks, float* decoded)
{
    constexpr int block_size = sub_block * sub_blocks;
    decode_groups<block_size>(weights, blocks * block_size, decoded, []<class L>(L, const float* from, float* to) {
        float scales[sub_blocks];
        for (int j = 0; j < sub_blocks; j += L::count)
            L::store(scales + j, search<L>(from + j * sub_block));
        const float largest = farthest(scales);
        if (magnitude_of(largest) < ggml_zero_block) {
            std::fill(to, to + block_size, 0.0F);
            return;
        }
        const float inverse = -128.0F / largest;
        const float unit = through_half(1.0F / inverse);
        for (int j = 0; j < sub_blocks; ++j) {
            const float scale = unit * smaller(127.0F, round_small(inverse * scales[j]));
            const float divisor = scale == 0 ? 1.0F : scale;  // codes do not matter then
            for (int i = j * sub_block; i < (j + 1) * sub_block; ++i)
                to[i] = scale * nearest_code(from[i] / divisor, -half_range, half_range - 1);
        }
    });
}

}  // namespace specsweep::quantize
