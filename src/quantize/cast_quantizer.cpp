#include "quantize/cast_quantizer.hpp"

#include <utility>

#include "quantize/identity.hpp"
#include "quantize/rounding.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

namespace {

constexpr Minifloat half{5, 10, 15, 65504.0};
constexpr float largest_bf16 = 0x1.FEp127F;

/// out ← round(from), where `from` is what was decoded before (out itself), or the panel.
template <class Round>
void round_panel(const Panel& in, const float* from, float* out, QuantizationCounts& counts, float largest, Round round)
{
    counts.zeroed = 0;
    run_vectorised([&](auto) {
        for (std::int64_t row = 0; row < in.rows; ++row) {
            const float* values = in.values + row * in.cols;
            const float* unrounded = from + row * in.cols;
            float* decoded = out + row * in.cols;
            std::int32_t row_zeroed = 0;
            std::int32_t row_clipped = 0;
            for (std::int64_t col = 0; col < in.cols; ++col) {
                row_clipped += magnitude_bits(unrounded[col]) > bits_of(largest) ? 1 : 0;
                const float rounded = round(unrounded[col]) + 0.0F;
                decoded[col] = rounded;
                row_zeroed += (magnitude_bits(values[col]) != 0 ? 1 : 0) & (bits_of(rounded) == 0 ? 1 : 0);
            }
            counts.zeroed += row_zeroed;
            counts.clipped += row_clipped;
        }
    });
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
            return rounded(in, in.values, out, {});
        const QuantizationCounts counts = inner_->apply(in, out, statistics);
        return rounded(in, out, out, counts);
    }
    QuantizationCounts apply_traced(const Panel& in, float* out, const TensorStatistics& statistics,
                                    Trace& trace) const override
    {
        const QuantizationCounts counts = inner_->apply_traced(in, out, statistics, trace);
        return rounded(in, out, out, counts);
    }

private:
    QuantizationCounts rounded(const Panel& in, const float* from, float* out, QuantizationCounts counts) const
    {
        if (type_ == CastType::bf16)
            round_panel(in, from, out, counts, largest_bf16, [](float x) { return round_to_bf16(x); });
        else
            round_panel(in, from, out, counts, MinifloatGrid(half).max,
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
