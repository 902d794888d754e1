#include <map>

#include "base/error.hpp"
#include "quantize/block_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/four_over_six.hpp"
#include "quantize/formats/hadamard.hpp"
#include "quantize/formats/nvfp4_scheme.hpp"

namespace specsweep::quantize {

namespace {

const std::map<std::string, Nvfp4Variant, std::less<>>& variants()
{
    static const std::map<std::string, Nvfp4Variant, std::less<>> all = {
        {"te", Nvfp4Variant::te},
        {"te-old", Nvfp4Variant::te_old},
        {"fouroversix", Nvfp4Variant::te_old},  // the repository's static_6; with select, its order of sums
        {"torchao", Nvfp4Variant::torchao},
        {"torchao-single", Nvfp4Variant::torchao_single},
        {"modelopt", Nvfp4Variant::modelopt},
        {"compressed-tensors", Nvfp4Variant::compressed_tensors},
        {"vllm", Nvfp4Variant::vllm},
        {"ggml", Nvfp4Variant::ggml},
    };
    return all;
}

class Nvfp4Quantizer final : public BlockFormatQuantizer {
public:
    Nvfp4Quantizer(std::string text, const BlockStorage& storage, Nvfp4Variant variant, bool stochastic)
        : BlockFormatQuantizer(std::move(text), storage,
                               has_tensor_scale(variant) ? StatisticsNeed::range : StatisticsNeed::none),
          variant_(variant),
          stochastic_(stochastic)
    {
    }

private:
    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                Trace* trace) const override
    {
        const Nvfp4Scales scales(variant_, statistics);
        if (variant_ == Nvfp4Variant::ggml)
            return run<Nvfp4<Scaling::divide, false, RoundingMode::half_zero>>(scales, in, out, statistics, trace);
        return stochastic_ ? rounded<RoundingMode::stochastic>(scales, in, out, statistics, trace)
                           : rounded<RoundingMode::even>(scales, in, out, statistics, trace);
    }

    template <RoundingMode mode>
    QuantizationCounts rounded(const Nvfp4Scales& scales, const Panel& in, float* out,
                               const TensorStatistics& statistics, Trace* trace) const
    {
        // Levels go down to A·2⁻¹⁰/2688 > A·2⁻²²: below A = 2⁻¹⁰⁰ some are subnormal.
        // Stochastic rounding is slow anyway: one kind of decoding is enough.
        [[maybe_unused]] const bool precise = scales.tensor_maximum < 0x1p-100F;
        if constexpr (mode == RoundingMode::even) {
            if (!precise)
                return divides(variant_)
                           ? run<Nvfp4<Scaling::divide, false, mode>>(scales, in, out, statistics, trace)
                           : run<Nvfp4<Scaling::multiply, false, mode>>(scales, in, out, statistics, trace);
        }
        return divides(variant_) ? run<Nvfp4<Scaling::divide, true, mode>>(scales, in, out, statistics, trace)
                                 : run<Nvfp4<Scaling::multiply, true, mode>>(scales, in, out, statistics, trace);
    }

    template <class Scheme>
    QuantizationCounts run(const Nvfp4Scales& scales, const Panel& in, float* out, const TensorStatistics& statistics,
                           Trace* trace) const
    {
        const typename Scheme::Table table(scales);
        return quantize_blocks(Scheme{scales, &table, statistics.seed}, block(), in, out, statistics, trace);
    }

    Nvfp4Variant variant_;
    bool stochastic_;
};

FourOverSix::Rules four_over_six_rules(const Arguments& arguments)
{
    const std::string& select = arguments["select"];
    return {select == "mae"   ? BlockError::absolute
            : select == "mse" ? BlockError::square
                              : BlockError::largest,
            arguments.is("variant", "te") ? ErrorOrder::rows_then_tree : ErrorOrder::torch,
            arguments.is("scale-max", "256") ? 256.0F : 448.0F};
}

void check(const Arguments& arguments)
{
    const std::string quoted = "quantizer \"" + arguments.canonical() + "\" is not possible";
    if (arguments.is("variant", "ggml") && !(arguments.is("block", "1x16") && arguments.is("rounding", "even")))
        throw UsageError(quoted, "ggml has blocks of 16 and its own rounding", "remove block=… and rounding=…");
    if (arguments.is("select", "none")) {
        if (!arguments.is("scale-max", "448"))
            throw UsageError(quoted, "scale-max=256 makes room for the larger scale of four-over-six",
                             "add select=mae or select=mse");
        return;
    }
    if (!arguments.is("variant", "te") && !arguments.is("variant", "fouroversix"))
        throw UsageError(quoted, "four-over-six is defined for TransformerEngine and its own repository",
                         "use variant=te or variant=fouroversix");
    if (!arguments.is("rounding", "even"))
        throw UsageError(quoted, "four-over-six compares the errors of nearest rounding", "remove rounding=stochastic");
    const Block::Kind kind = arguments.block("block").kind;
    if (kind != Block::Kind::run && kind != Block::Kind::tile)
        throw UsageError(quoted, "four-over-six chooses block by block", "use block=1x16 or block=16x16");
}

Parameter scale_max_parameter()
{
    Parameter parameter = choice("scale-max", {"448", "256"});
    parameter.description.default_value = "448 (256 with select)";
    parameter.dependent_default = [](const Values& values) -> std::string {
        return values.at("select") == "none" ? "448" : "256";
    };
    return parameter;
}

std::unique_ptr<const Quantizer> make_unrotated(const Arguments& arguments)
{
    const Nvfp4Variant variant = variants().find(arguments["variant"])->second;
    const BlockStorage storage{.block = arguments.block("block"),
                               .element_bits = 4,
                               .block_bits = 8,
                               .whole_blocks_of = variant == Nvfp4Variant::ggml ? 64 : 1};
    if (!arguments.is("select", "none"))
        return std::make_unique<FourOverSix>(arguments.canonical(), storage, four_over_six_rules(arguments));
    return std::make_unique<Nvfp4Quantizer>(arguments.canonical(), storage, variant,
                                            arguments.is("rounding", "stochastic"));
}

std::unique_ptr<const Quantizer> make(const Arguments& arguments)
{
    auto unrotated = make_unrotated(arguments);
    if (arguments.is("hadamard", "0"))
        return unrotated;
    return make_hadamard(arguments.canonical(), std::move(unrotated), arguments.integer("hadamard"));
}

}  // namespace

Format nvfp4_format()
{
    return {
        .name = "nvfp4",
        .summary = "E2M1 elements, E4M3 block scales, one fp32 scale a matrix",
        .source = "quantization.md §2; TransformerEngine ≥ 2.15",
        .parameters = {block("1x16", RunStyle::shape, {"1x16", "16x16"}, "tensor | channel | 1xN | RxC",
                             [](const Block&) { return true; }),
                       choice("variant", {"te", "te-old", "fouroversix", "torchao", "torchao-single", "modelopt",
                                          "compressed-tensors", "vllm", "ggml"}),
                       choice("select", {"none", "mae", "mse", "absmax"}), scale_max_parameter(),
                       choice("rounding", {"even", "stochastic"}), choice("hadamard", {"0", "16", "128"})},
        .make = make,
        .check = check,
        .levels = [](const Arguments&) -> std::vector<float> {
            return {-6, -4, -3, -2, -1.5F, -1, -0.5F, 0, 0.5F, 1, 1.5F, 2, 3, 4, 6};
        },
    };
}

}  // namespace specsweep::quantize
