#include <cmath>

#include "base/error.hpp"
#include "quantize/block_quantizer.hpp"
#include "quantize/block_statistic.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/rounding.hpp"

namespace specsweep::quantize {

namespace {

struct OneScale {
    float scale[blocks_at_once];
};

/// ŵ = α·sgn(w), sgn(±0) = +1 (quantization.md §1.4).
struct Binary {
    enum class Alpha { mean, energy, given };

    using Statistic = Moments;
    using Scales = OneScale;

    Alpha alpha;
    float value = 0;  ///< of Alpha::given

    void prepare(const Moments* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i)
            scales.scale[i] = alpha == Alpha::given  ? value
                              : alpha == Alpha::mean ? static_cast<float>(blocks[i].mean_magnitude())
                                                     : static_cast<float>(std::sqrt(blocks[i].mean_square()));
    }

    auto element(const Scales& scales, int block) const
    {
        return [scale = scales.scale[block]](float w) {
            const float sign = w < 0 ? -1.0F : 1.0F;
            return Element{sign * scale, sign, magnitude_bits(w) > bits_of(scale) ? 1 : 0};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

/// α = σ₁(W)/σ₁(sgn W): keeps the largest singular value. σ₁(sgn W) is that of core().
class SpectralBinary final : public BlockFormatQuantizer {
public:
    explicit SpectralBinary(std::string text, const BlockStorage& storage)
        : BlockFormatQuantizer(std::move(text), storage, StatisticsNeed::none),
          signs_("binary signs", Binary{Binary::Alpha::given, 1.0F}, storage)
    {
    }

    StatisticsNeed needs() const override { return StatisticsNeed::sigma_1_of_core; }
    const Quantizer* core() const override { return &signs_; }

private:
    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                Trace* trace) const override
    {
        const double ratio = statistics.sigma_1 / statistics.sigma_1_of_core;
        if (!std::isfinite(ratio))
            throw NotDefined(text() + " is not defined here",
                             "it needs the largest singular values of the matrix and of its signs",
                             "use alpha=mean or alpha=energy");
        const Binary scheme{Binary::Alpha::given, static_cast<float>(ratio)};
        return quantize_blocks(scheme, block(), in, out, statistics, trace);
    }

    BlockQuantizer<Binary> signs_;
};

/// BitNet b1.58: g = mean|w| + 1e-5, q = clamp(RNE(fl(w/g)), −1, 1), ŵ = q·g.
struct Ternary {
    using Statistic = Moments;
    using Scales = OneScale;

    void prepare(const Moments* blocks, int count, Scales& scales) const
    {
        for (int i = 0; i < count; ++i)
            scales.scale[i] = static_cast<float>(blocks[i].mean_magnitude()) + 1e-5F;
    }

    auto element(const Scales& scales, int block) const
    {
        return [scale = scales.scale[block]](float w) {
            const float x = w / scale;
            const float code = round_small(clamped(x, -1.0F, 1.0F));
            return Element{code * scale, code, beyond(x, 1.0F)};
        };
    }

    void trace(const Scales& scales, int block, Trace& trace) const { trace.scales.push_back(scales.scale[block]); }
};

Parameter any_block()
{
    return block("tensor", RunStyle::length, "tensor | channel | N | RxC, of 8 weights at least",
                 [](const Block& block) {
                     return block.kind == Block::Kind::tensor || block.kind == Block::Kind::channel ||
                            block.rows * block.cols >= 8;
                 });
}

std::unique_ptr<const Quantizer> make_binary(const Arguments& arguments)
{
    const BlockStorage storage{.block = arguments.block("block"), .element_bits = 1, .block_bits = 32};
    if (arguments.is("alpha", "spectral"))
        return std::make_unique<SpectralBinary>(arguments.canonical(), storage);
    const auto alpha = arguments.is("alpha", "mean") ? Binary::Alpha::mean : Binary::Alpha::energy;
    return make_block_quantizer(arguments.canonical(), Binary{alpha}, storage);
}

}  // namespace

Format binary_format()
{
    return {
        .name = "binary",
        .summary = "signs times one α: mean|w|, root mean square, or what keeps σ₁",
        .source = "quantization.md §1.4; XNOR-Net, BitNet",
        .parameters = {choice("alpha", {"mean", "energy", "spectral"}), any_block()},
        .make = make_binary,
        .check =
            [](const Arguments& arguments) {
                if (arguments.is("alpha", "spectral") && !arguments.is("block", "tensor"))
                    throw UsageError("quantizer \"" + arguments.canonical() + "\" is not possible",
                                     "alpha=spectral is one number a matrix", "remove block=" + arguments["block"]);
            },
        .levels = [](const Arguments&) -> std::vector<float> {
            return {-1, 1};
        },
    };
}

Format ternary_format()
{
    return {
        .name = "ternary",
        .summary = "−1, 0, 1 times the mean magnitude",
        .source = "quantization.md §1.4; BitNet b1.58 (arXiv 2402.17764)",
        .parameters = {any_block()},
        .make = [](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
            return make_block_quantizer(
                arguments.canonical(), Ternary{},
                {.block = arguments.block("block"), .element_bits = std::log2(3.0), .block_bits = 32});
        },
        .levels = [](const Arguments&) -> std::vector<float> {
            return {-1, 0, 1};
        },
    };
}

}  // namespace specsweep::quantize
