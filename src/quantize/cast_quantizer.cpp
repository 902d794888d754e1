#include "quantize/cast_quantizer.hpp"

#include <algorithm>
#include <utility>

#include "quantize/identity.hpp"
#include "quantize/rounding.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

namespace {

constexpr Minifloat half{5, 10, 15, 65504.0};
constexpr float largest_bf16 = 0x1.FEp127F;

/// What a cast does with magnitudes.
struct CastRange {
    float smallest;  ///< that does not become zero
    float largest;   ///< that is not clipped
};

constexpr CastRange bf16_range{0x1.0002p-134F, largest_bf16};
constexpr CastRange fp16_range{0x1.000002p-25F, 65504};

/// `count` weights: decoded ← round(unrounded), which may be the same; `values` tell what became zero.
template <class Round>
void round_counted(const float* values, const float* unrounded, float* decoded, std::int64_t count, float largest,
                   QuantizationCounts& counts, Round round)
{
    std::int32_t zeroed = 0;
    std::int32_t clipped = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        clipped += magnitude_bits(unrounded[i]) > bits_of(largest) ? 1 : 0;
        const float rounded = round(unrounded[i]) + 0.0F;
        decoded[i] = rounded;
        zeroed += (magnitude_bits(values[i]) != 0 ? 1 : 0) & (bits_of(rounded) == 0 ? 1 : 0);
    }
    counts.zeroed += zeroed;
    counts.clipped += clipped;
}

/// Likewise of weights that all lie in the range, where there is nothing to count, clip or make +0. What is not in it,
/// 0 among it, is above it once its lower end is taken off. @param round of weights in the range
/// @return false: some do not, `decoded` is not valid
template <class Round>
bool round_inside(const float* __restrict values, float* __restrict decoded, std::int64_t count, CastRange range,
                  Round round)
{
    const auto twice = [](float x) { return 2 * static_cast<std::uint32_t>(bits_of(x)); };  // without the sign
    const std::uint32_t lowest = twice(range.smallest);
    std::uint32_t farthest = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::uint32_t distance = twice(values[i]) - lowest;
        farthest = farthest > distance ? farthest : distance;
        decoded[i] = round(values[i]);
    }
    return farthest <= twice(range.largest) - lowest;
}

/// out ← round(in). @param inside the same for weights in the range, in fewer operations
template <class Round, class RoundInside>
void round_panel(const Panel& in, float* out, QuantizationCounts& counts, CastRange range, Round round,
                 RoundInside inside)
{
    constexpr std::int64_t most = 1024;  // at once: what does not lie in the range is rounded again, from the cache
    run_vectorised([&](auto) {
        const std::int64_t all = in.rows * in.cols;
        for (std::int64_t begin = 0; begin < all; begin += most) {
            const std::int64_t count = std::min(most, all - begin);
            if (!round_inside(in.values + begin, out + begin, count, range, inside))
                round_counted(in.values + begin, in.values + begin, out + begin, count, range.largest, counts, round);
        }
    });
}

/// out ← round(out), which was decoded from the panel.
template <class Round>
void round_decoded(const Panel& in, float* out, QuantizationCounts& counts, float largest, Round round)
{
    counts.zeroed = 0;
    run_vectorised([&](auto) {
        for (std::int64_t row = 0; row < in.rows; ++row)
            round_counted(in.values + row * in.cols, out + row * in.cols, out + row * in.cols, in.cols, largest, counts,
                          round);
    });
}

// Also called with weights outside the range, whose results are thrown away: unsigned, so that nothing overflows.

/// Nearest bfloat16, ties to even, of x in bf16_range.
float round_inside_bf16(float x)
{
    const auto bits = static_cast<std::uint32_t>(bits_of(x));
    return float_of(static_cast<std::int32_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) & 0xFFFF0000U));
}

/// The same for binary16 and fp16_range: MinifloatGrid::round().
float round_inside_fp16(const MinifloatGrid& grid, float x)
{
    const auto binade = static_cast<std::uint32_t>(grid.binade(x));
    const float magic = float_of(static_cast<std::int32_t>(binade + static_cast<std::uint32_t>(grid.magic_offset)));
    return (x + magic) - magic;
}

class CastQuantizer final : public Quantizer {
public:
    /// @param alone the inner quantizer is the identity, and is not run.
    CastQuantizer(std::string text, std::unique_ptr<const Quantizer> inner, bool alone, CastType type)
        : text_(std::move(text)), inner_(std::move(inner)), alone_(alone), type_(type)
    {
    }

    const std::string& text() const override { return text_; }
    StatisticsNeed needs() const override { return inner_->needs(); }
    std::int64_t row_alignment(std::int64_t cols) const override { return inner_->row_alignment(cols); }
    std::optional<std::string> refuses(std::int64_t rows, std::int64_t cols) const override
    {
        return inner_->refuses(rows, cols);
    }
    double bits_per_weight(std::int64_t rows, std::int64_t cols) const override
    {
        return inner_->bits_per_weight(rows, cols);
    }
    const Quantizer* core() const override { return inner_->core(); }
    const Quantizer* transform() const override { return inner_->transform(); }

    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const override
    {
        if (alone_)
            return cast(in, out);
        const QuantizationCounts counts = inner_->apply(in, out, statistics);
        return cast_decoded(in, out, counts);
    }
    QuantizationCounts apply_traced(const Panel& in, float* out, const TensorStatistics& statistics,
                                    Trace& trace) const override
    {
        const QuantizationCounts counts = inner_->apply_traced(in, out, statistics, trace);
        return cast_decoded(in, out, counts);
    }

private:
    QuantizationCounts cast(const Panel& in, float* out) const
    {
        QuantizationCounts counts;
        if (type_ == CastType::bf16)
            round_panel(
                in, out, counts, bf16_range, [](float x) { return round_to_bf16(x); },
                [](float x) { return round_inside_bf16(x); });
        else
            round_panel(
                in, out, counts, fp16_range, [grid = MinifloatGrid(half)](float x) { return round_to(grid, x); },
                [grid = MinifloatGrid(half)](float x) { return round_inside_fp16(grid, x); });
        return counts;
    }

    QuantizationCounts cast_decoded(const Panel& in, float* out, QuantizationCounts counts) const
    {
        if (type_ == CastType::bf16)
            round_decoded(in, out, counts, bf16_range.largest, [](float x) { return round_to_bf16(x); });
        else
            round_decoded(in, out, counts, fp16_range.largest,
                          [grid = MinifloatGrid(half)](float x) { return round_to(grid, x); });
        return counts;
    }

    std::string text_;
    std::unique_ptr<const Quantizer> inner_;
    bool alone_;
    CastType type_;
};

}  // namespace

std::unique_ptr<const Quantizer> make_cast(std::string text, std::unique_ptr<const Quantizer> inner, CastType type)
{
    return std::make_unique<CastQuantizer>(std::move(text), std::move(inner), false, type);
}

std::unique_ptr<const Quantizer> make_cast(std::string text, CastType type)
{
    return std::make_unique<CastQuantizer>(std::move(text), make_identity(16), true, type);
}

}  // namespace specsweep::quantize
