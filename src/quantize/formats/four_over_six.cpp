#include "quantize/formats/four_over_six.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "quantize/rounding.hpp"

namespace specsweep::quantize {

namespace {

constexpr float largest = std::numeric_limits<float>::max();

/// One block of a panel: rows × cols at stride.
struct Tile {
    const float* values;
    std::int64_t rows;
    std::int64_t cols;
    std::int64_t stride;

    float at(std::int64_t row, std::int64_t col) const { return values[row * stride + col]; }
    std::int64_t size() const { return rows * cols; }
};

float absolute_maximum(const Tile& tile)
{
    float amax = 0;
    for (std::int64_t row = 0; row < tile.rows; ++row)
        for (std::int64_t col = 0; col < tile.cols; ++col)
            amax = std::max(amax, std::abs(tile.at(row, col)));
    return amax;
}

float sequential_sum(const float* errors, std::int64_t count)
{
    float sum = 0;
    for (std::int64_t i = 0; i < count; ++i)
        sum += errors[i];
    return sum;
}

float sum_rows_then_tree(std::vector<float>& errors, std::int64_t rows, std::int64_t cols)
{
    std::vector<float> sums;
    for (std::int64_t row = 0; row < rows; ++row)
        sums.push_back(sequential_sum(errors.data() + row * cols, cols));
    std::size_t width = 1;
    while (width < sums.size())
        width *= 2;
    sums.resize(width, 0.0F);
    for (width /= 2; width > 0; width /= 2)
        for (std::size_t i = 0; i < width; ++i)
            sums[i] += sums[i + width];
    return sums.front();
}

/// Vectors of 8 lanes; vector v goes to accumulator v mod 4 (one accumulator below four vectors); accumulators in
/// order, then lanes in order. Elements beyond the last whole vector follow one by one.
float sum_like_torch(const std::vector<float>& errors)
{
    constexpr std::size_t lanes = 8;
    const std::size_t vectors = errors.size() / lanes;
    const std::size_t accumulators = vectors < 4 ? 1 : 4;
    std::array<std::array<float, lanes>, 4> sums{};
    for (std::size_t v = 0; v < vectors; ++v)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[v % accumulators][lane] += errors[v * lanes + lane];
    for (std::size_t a = 1; a < accumulators; ++a)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[0][lane] += sums[a][lane];
    float total = sequential_sum(sums[0].data(), lanes);
    for (std::size_t i = vectors * lanes; i < errors.size(); ++i)
        total += errors[i];
    return total;
}

/// A block under one of its two scales.
struct Candidate {
    float s8 = 0;
    float error = 0;
    std::vector<float> codes;  ///< values of E2M1 with the sign of w
    std::int64_t clipped = 0;
};

}  // namespace

QuantizationCounts FourOverSix::quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                         Trace* trace) const
{
    const float amax = statistics.absolute_maximum;
    const float range = 6.0F * rules_.scale_max;
    const float encode = amax == 0 ? 1.0F : std::min(range / amax, largest);
    const float decode = 1.0F / encode;
    const MinifloatGrid e2m1_grid(e2m1);
    const MinifloatGrid e4m3_grid(e4m3);

    const auto candidate = [&](const Tile& tile, float scale) {
        Candidate made;
        made.s8 = e4m3_grid.round(e4m3_grid.saturate(scale));
        const float factor = std::min(1.0F / (made.s8 * decode), largest);
        std::vector<float> errors;
        for (std::int64_t row = 0; row < tile.rows; ++row)
            for (std::int64_t col = 0; col < tile.cols; ++col) {
                const float w = tile.at(row, col);
                const float x = w * factor;
                const float code = round_to(e2m1_grid, x);
                const float difference = code * made.s8 * amax / range - w;
                made.codes.push_back(code);
                made.clipped += beyond(x, 6.0F);
                errors.push_back(rules_.error == BlockError::square ? difference * difference : std::abs(difference));
            }
        if (rules_.error == BlockError::largest)
            made.error = *std::max_element(errors.begin(), errors.end());
        else if (rules_.order == ErrorOrder::torch)
            made.error = sum_like_torch(errors);
        else
            made.error = sum_rows_then_tree(errors, tile.rows, tile.cols);
        return made;
    };

    QuantizationCounts counts;
    const std::size_t first_code = trace == nullptr ? 0 : trace->codes.size();
    if (trace != nullptr)
        trace->codes.resize(first_code + static_cast<std::size_t>(in.rows * in.cols));
    for (std::int64_t row = 0; row < in.rows; row += block().rows)
        for (std::int64_t col = 0; col < in.cols; col += block().cols) {
            const Tile tile{in.values + row * in.cols + col, std::min(block().rows, in.rows - row),
                            std::min(block().cols, in.cols - col), in.cols};
            const float base = absolute_maximum(tile) / 6.0F * encode;
            const Candidate six = candidate(tile, base);
            const Candidate four = candidate(tile, base * 1.5F);
            const Candidate& best = four.error < six.error ? four : six;
            counts.clipped += best.clipped;
            for (std::int64_t i = 0; i < tile.size(); ++i) {
                const std::int64_t at = (row + i / tile.cols) * in.cols + col + i % tile.cols;
                const float code = best.codes[static_cast<std::size_t>(i)];
                const double exact = static_cast<double>(code) * best.s8 * amax / range;
                out[at] = static_cast<float>(exact) + 0.0F;
                counts.zeroed += in.values[at] != 0 && out[at] == 0 ? 1 : 0;
                if (trace != nullptr)
                    trace->codes[first_code + static_cast<std::size_t>(at)] = code;
            }
            if (trace != nullptr)
                trace->scales.push_back(best.s8);
        }
    return counts;
}

}  // namespace specsweep::quantize
