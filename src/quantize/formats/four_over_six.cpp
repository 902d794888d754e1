#include "quantize/formats/four_over_six.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "quantize/block_element.hpp"
#include "quantize/rounding.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

namespace {

constexpr float largest = std::numeric_limits<float>::max();

/// One block of a panel: rows × cols at stride.
struct Tile {
    const float* values;
    std::int64_t rows;
    std::int64_t cols;
    std::int64_t stride;
};

float sequential_sum(const float* errors, std::int64_t count)
{
    float sum = 0;
    for (std::int64_t i = 0; i < count; ++i)
        sum += errors[i];
    return sum;
}

/// @param sums of rows of the tile, of which it makes the tree
float sum_rows_then_tree(const float* errors, std::int64_t rows, std::int64_t cols, std::vector<float>& sums)
{
    std::size_t width = 1;
    while (width < static_cast<std::size_t>(rows))
        width *= 2;
    sums.assign(width, 0.0F);
    for (std::int64_t row = 0; row < rows; ++row)
        sums[static_cast<std::size_t>(row)] = sequential_sum(errors + row * cols, cols);
    for (width /= 2; width > 0; width /= 2)
        for (std::size_t i = 0; i < width; ++i)
            sums[i] += sums[i + width];
    return sums.front();
}

/// Vectors of 8 lanes; vector v goes to accumulator v mod 4 (one accumulator below four vectors); accumulators in
/// order, then lanes in order. Elements beyond the last whole vector follow one by one.
float sum_like_torch(const float* errors, std::int64_t count)
{
    constexpr std::int64_t lanes = 8;
    const std::int64_t vectors = count / lanes;
    const std::int64_t accumulators = vectors < 4 ? 1 : 4;
    float sums[4][lanes] = {};
    for (std::int64_t v = 0; v < vectors; ++v)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            sums[v % accumulators][lane] += errors[v * lanes + lane];
    for (std::int64_t a = 1; a < accumulators; ++a)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            sums[0][lane] += sums[a][lane];
    float total = sequential_sum(sums[0], lanes);
    for (std::int64_t i = vectors * lanes; i < count; ++i)
        total += errors[i];
    return total;
}

/// A block under one of its two scales; vectors have room for the largest block.
struct Candidate {
    float s8 = 0;
    float error = 0;
    std::int64_t clipped = 0;
    std::vector<float> codes;  ///< values of E2M1 with the sign of w
    std::vector<float> errors;
    std::vector<float> sums;

    explicit Candidate(const Block& block)
        : codes(static_cast<std::size_t>(block.rows * block.cols)), errors(codes.size())
    {
    }
};

/// q ∘ what follows from the scale of a block, of magnitudes: levels are powers of two times 1 or 1.5, so two of them
/// are enough, as long as neither is near the ends of binary32.
struct Levels {
    float one;
    float one_and_a_half;

    float operator()(float q) const
    {
        constexpr std::int32_t half_bit = 0x400000;  // the one mantissa bit of E2M1
        const float power = float_of(bits_of(q) & ~half_bit);
        return power * ((bits_of(q) & half_bit) != 0 ? one_and_a_half : one);
    }
};

/// The two candidates of all blocks of a panel, one block after another.
class Chooser {
public:
    Chooser(const FourOverSix::Rules& rules, const Block& block, float amax)
        : rules_(rules), block_(block), amax_(amax), six_(block), four_(block)
    {
    }

    QuantizationCounts run(const Panel& in, float* out, float* codes, Trace* trace)
    {
        QuantizationCounts counts;
        for (std::int64_t row = 0; row < in.rows; row += block_.rows)
            for (std::int64_t col = 0; col < in.cols; col += block_.cols) {
                const std::int64_t at = row * in.cols + col;
                const Tile tile{in.values + at, std::min(block_.rows, in.rows - row),
                                std::min(block_.cols, in.cols - col), in.cols};
                const Candidate& best = tile.cols == usual ? chosen(tile, std::integral_constant<std::int64_t, usual>{})
                                                           : chosen(tile, tile.cols);
                counts.clipped += best.clipped;
                counts.zeroed += tile.cols == usual
                                     ? decoded(tile, best, out + at, std::integral_constant<std::int64_t, usual>{})
                                     : decoded(tile, best, out + at, tile.cols);
                if (trace != nullptr) {
                    for (std::int64_t r = 0; r < tile.rows; ++r)
                        std::copy_n(best.codes.data() + r * tile.cols, tile.cols, codes + at + r * in.cols);
                    trace->scales.push_back(best.s8);
                }
            }
        return counts;
    }

private:
    static constexpr std::int64_t usual = 16;

    /// @param cols of the tile: a number, or a constant that compilers know
    template <class Columns>
    const Candidate& chosen(const Tile& tile, Columns cols)
    {
        AbsoluteMaximum largest_of_block;
        for (std::int64_t row = 0; row < tile.rows; ++row)
            largest_of_block.include(tile.values + row * tile.stride, cols);
        const float base = largest_of_block.value() / 6.0F * encode_;
        make(six_, tile, base, cols);
        make(four_, tile, base * 1.5F, cols);
        return four_.error < six_.error ? four_ : six_;
    }

    template <class Columns>
    void make(Candidate& made, const Tile& tile, float scale, Columns cols) const
    {
        constexpr MinifloatGrid e4m3_grid(e4m3);
        constexpr MinifloatGrid e2m1_grid(e2m1);
        const float s8 = e4m3_grid.round(e4m3_grid.saturate(scale));
        const float factor = smaller(1.0F / (s8 * decode_), largest);
        const auto value = [s8, amax = amax_, range = range_](float q) { return q * s8 * amax / range; };
        const Levels levels{value(1.0F), value(1.5F)};
        std::int32_t clipped = 0;
        const bool squares = rules_.error == BlockError::square;
        for (std::int64_t row = 0; row < tile.rows; ++row) {
            const float* values = tile.values + row * tile.stride;
            float* codes = made.codes.data() + row * cols;
            float* errors = made.errors.data() + row * cols;
            for (std::int64_t i = 0; i < cols; ++i) {
                const float x = values[i] * factor;
                const float code = with_sign_of(e2m1_grid.round(smaller(magnitude_of(x), 6.0F)), x);
                const float level = moderate_ ? levels(code) : value(code);
                const float difference = level - values[i];
                codes[i] = code;
                clipped += beyond(x, 6.0F);
                errors[i] = squares ? difference * difference : magnitude_of(difference);
            }
        }
        made.s8 = s8;
        made.clipped = clipped;
        made.error = error_of(made, tile.rows, cols);
    }

    float error_of(Candidate& made, std::int64_t rows, std::int64_t cols) const
    {
        const float* errors = made.errors.data();
        if (rules_.error == BlockError::largest)
            return *std::max_element(errors, errors + rows * cols);
        if (rules_.order == ErrorOrder::torch)
            return sum_like_torch(errors, rows * cols);
        return rows == 1 ? sequential_sum(errors, cols) : sum_rows_then_tree(errors, rows, cols, made.sums);
    }

    /// @return how many weights became zero
    template <class Columns>
    std::int64_t decoded(const Tile& tile, const Candidate& best, float* out, Columns cols) const
    {
        const auto value = [s8 = best.s8, amax = amax_, range = range_](float q) {
            return static_cast<float>(static_cast<double>(q) * s8 * amax / range);
        };
        const Levels levels{value(1.0F), value(1.5F)};
        std::int32_t zeroed = 0;
        for (std::int64_t row = 0; row < tile.rows; ++row) {
            const float* values = tile.values + row * tile.stride;
            const float* codes = best.codes.data() + row * cols;
            for (std::int64_t i = 0; i < cols; ++i) {
                const float result = (moderate_ ? levels(codes[i]) : value(codes[i])) + 0.0F;
                out[row * tile.stride + i] = result;
                zeroed += (values[i] != 0) & (result == 0) ? 1 : 0;
            }
        }
        return zeroed;
    }

    FourOverSix::Rules rules_;
    Block block_;
    float amax_;
    float range_ = 6.0F * rules_.scale_max;
    float encode_ = amax_ == 0 ? 1.0F : std::min(range_ / amax_, largest);
    float decode_ = 1.0F / encode_;
    bool moderate_ = amax_ > 0x1p-90F && amax_ < 0x1p90F;  ///< Levels are exact
    Candidate six_;
    Candidate four_;
};

}  // namespace

QuantizationCounts FourOverSix::quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                         Trace* trace) const
{
    const auto weights = static_cast<std::size_t>(in.rows * in.cols);
    if (trace != nullptr)
        trace->codes.resize(trace->codes.size() + weights);
    float* codes = trace == nullptr ? nullptr : trace->codes.data() + trace->codes.size() - weights;
    Chooser chooser(rules_, block(), statistics.absolute_maximum);
    QuantizationCounts counts;
    run_vectorised([&](auto) { counts = chooser.run(in, out, codes, trace); });
    return counts;
}

}  // namespace specsweep::quantize
