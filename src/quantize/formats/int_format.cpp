#include <cmath>
#include <map>

#include "base/error.hpp"
#include "quantize/block_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/asymmetric_integer.hpp"
#include "quantize/formats/searched_integer.hpp"
#include "quantize/formats/symmetric_integer.hpp"

namespace specsweep::quantize {

namespace {

const std::map<std::string, SymmetricVariant, std::less<>>& symmetric_variants()
{
    static const std::map<std::string, SymmetricVariant, std::less<>> variants = {
        {"restricted", SymmetricVariant::restricted},
        {"full", SymmetricVariant::full},
        {"gptq", SymmetricVariant::gptq},
        {"full-maxabs", SymmetricVariant::full_maxabs},
        {"noclip", SymmetricVariant::noclip},
        {"reciprocal", SymmetricVariant::reciprocal},
        {"torchao", SymmetricVariant::torchao},
        {"torchao-restricted", SymmetricVariant::torchao_restricted},
    };
    return variants;
}

const std::map<std::string, AsymmetricVariant, std::less<>>& asymmetric_variants()
{
    static const std::map<std::string, AsymmetricVariant, std::less<>> variants = {
        {"gptq", AsymmetricVariant::gptq},       {"compressed-tensors", AsymmetricVariant::compressed_tensors},
        {"awq", AsymmetricVariant::awq},         {"hqq", AsymmetricVariant::hqq},
        {"torchao", AsymmetricVariant::torchao},
    };
    return variants;
}

Block int_block(const Arguments& arguments)
{
    Block block = arguments.block("block");
    if (arguments.is("layout", "flat"))
        block.kind = Block::Kind::flat;
    return block;
}

ScaleType scale_type(const Arguments& arguments)
{
    if (arguments.is("scale", "fp32"))
        return ScaleType::fp32;
    return arguments.is("scale", "fp16") ? ScaleType::fp16 : ScaleType::bf16;
}

/// −M for the restricted range, else −M−1.
float lowest_code(SymmetricVariant variant, int bits)
{
    const bool restricted = variant == SymmetricVariant::restricted || variant == SymmetricVariant::reciprocal ||
                            variant == SymmetricVariant::torchao_restricted;
    const auto half = static_cast<float>(1 << (bits - 1));
    return restricted ? 1.0F - half : -half;
}

template <class Scheme>
std::unique_ptr<const Quantizer> made(const Arguments& arguments, Scheme scheme, double zero_point_bits)
{
    const BlockStorage storage{.block = int_block(arguments),
                               .element_bits = 1.0 * arguments.integer("bits"),
                               .block_bits = bits_of_scale(scheme.scale_type) + zero_point_bits};
    if (arguments.is("search", "absmax"))
        return make_block_quantizer(arguments.canonical(), scheme, storage);
    const bool mse = arguments.is("search", "mse");
    const ScaleSearch search{mse ? ScaleSearch::Kind::mse : ScaleSearch::Kind::percentile,
                             mse ? 100 : std::stod(arguments["percentile"])};
    return std::make_unique<SearchedInteger<Scheme>>(arguments.canonical(), scheme, storage, search);
}

std::unique_ptr<const Quantizer> make_symmetric(const Arguments& arguments)
{
    const SymmetricVariant variant = symmetric_variants().find(arguments["variant"])->second;
    const int bits = arguments.integer("bits");
    const ScaleType type = scale_type(arguments);
    const float low = lowest_code(variant, bits);
    const auto high = static_cast<float>((1 << (bits - 1)) - 1);
    switch (variant) {
        case SymmetricVariant::gptq:
            return made(arguments, SymmetricInteger<Range, Scaling::divide>{variant, type, low, high}, 0);
        case SymmetricVariant::noclip:
            return made(arguments, SymmetricInteger<Range, Scaling::multiply>{variant, type, low, high}, 0);
        case SymmetricVariant::torchao:
        case SymmetricVariant::torchao_restricted:
            return made(arguments, SymmetricInteger<AbsoluteMaximum, Scaling::multiply>{variant, type, low, high}, 0);
        case SymmetricVariant::reciprocal:
            return made(arguments,
                        SymmetricInteger<AbsoluteMaximum, Scaling::multiply_and_divide>{variant, type, low, high}, 0);
        case SymmetricVariant::restricted:
        case SymmetricVariant::full:
        case SymmetricVariant::full_maxabs:
            break;
    }
    return made(arguments, SymmetricInteger<AbsoluteMaximum, Scaling::divide>{variant, type, low, high}, 0);
}

std::unique_ptr<const Quantizer> make_asymmetric(const Arguments& arguments)
{
    constexpr auto after = ZeroPointOrder::after_rounding;
    constexpr auto before = ZeroPointOrder::before_rounding;
    const AsymmetricVariant variant = asymmetric_variants().find(arguments["variant"])->second;
    const int bits = arguments.integer("bits");
    const ScaleType type = scale_type(arguments);
    const auto levels = static_cast<float>(1 << bits);
    switch (variant) {
        case AsymmetricVariant::compressed_tensors:
            return made(arguments, AsymmetricInteger<false, before>{variant, type, -levels / 2, levels / 2 - 1}, bits);
        case AsymmetricVariant::hqq:
            return made(arguments, AsymmetricInteger<true, before>{variant, type, 0, levels - 1}, 32);
        case AsymmetricVariant::torchao:
            return made(arguments, AsymmetricInteger<true, after>{variant, type, 0, levels - 1}, bits);
        case AsymmetricVariant::gptq:
        case AsymmetricVariant::awq:
            break;
    }
    return made(arguments, AsymmetricInteger<false, after>{variant, type, 0, levels - 1}, bits);
}

template <class Variants>
std::string names_of(const Variants& variants)
{
    std::string names;
    for (const auto& [name, variant] : variants)
        names += (names.empty() ? "" : " | ") + name;
    return names;
}

void check(const Arguments& arguments)
{
    const std::string quoted = "quantizer \"" + arguments.canonical() + "\" is not possible";
    const bool symmetric = arguments.is("scheme", "symmetric");
    const std::string& variant = arguments["variant"];
    if (symmetric && symmetric_variants().count(variant) == 0)
        throw UsageError(quoted, "variant=" + variant + " needs scheme=asymmetric",
                         "symmetric variants: " + names_of(symmetric_variants()));
    if (!symmetric && asymmetric_variants().count(variant) == 0)
        throw UsageError(quoted, "variant=" + variant + " needs scheme=symmetric",
                         "asymmetric variants: " + names_of(asymmetric_variants()));
    if (symmetric && arguments.integer("bits") == 1)
        throw UsageError(quoted, "symmetric integers of one bit have no level but zero",
                         "use binary, or scheme=asymmetric");
    if ((variant == "reciprocal" || variant == "hqq") && !arguments.is("scale", "fp32"))
        throw UsageError(quoted, "variant=" + variant + " works with the reciprocal of the scale, in fp32",
                         "remove scale=" + arguments["scale"]);
    if (!arguments.is("percentile", "99.9") && !arguments.is("search", "percentile"))
        throw UsageError(quoted, "percentile=" + arguments["percentile"] + " belongs to search=percentile",
                         "add search=percentile");
    if (arguments.is("layout", "flat") && arguments.block("block").kind != Block::Kind::run)
        throw UsageError(quoted, "layout=flat needs a block of N weights", "write block=64, for example");
}

Parameter variant_parameter()
{
    Parameter parameter;
    parameter.description = {
        "variant", "restricted (symmetric), gptq (asymmetric)",
        "symmetric: " + names_of(symmetric_variants()) + "; asymmetric: " + names_of(asymmetric_variants())};
    parameter.normalise = [](std::string_view value) -> std::optional<std::string> {
        if (symmetric_variants().count(value) == 0 && asymmetric_variants().count(value) == 0)
            return std::nullopt;
        return std::string(value);
    };
    parameter.dependent_default = [](const Values& values) -> std::string {
        return values.at("scheme") == "symmetric" ? "restricted" : "gptq";
    };
    return parameter;
}

std::vector<float> levels(const Arguments& arguments)
{
    if (!arguments.is("scheme", "symmetric"))
        return {};
    const int bits = arguments.integer("bits");
    std::vector<float> all;
    const auto high = static_cast<float>((1 << (bits - 1)) - 1);
    for (float code = lowest_code(symmetric_variants().find(arguments["variant"])->second, bits); code <= high; ++code)
        all.push_back(code);
    return all;
}

}  // namespace

Format int_format()
{
    return {
        .name = "int",
        .summary = "integers with one scale (and zero point) a block",
        .source = "quantization.md §1.2, §1.3; GPTQ, compressed-tensors, torchao, ModelOpt, AWQ, HQQ",
        .parameters = {integer("bits", 4, 1, 8),
                       block("channel", RunStyle::length, "tensor | channel | N | RxC, of 8 weights at least",
                             [](const Block& block) {
                                 return block.kind == Block::Kind::tensor || block.kind == Block::Kind::channel ||
                                        block.rows * block.cols >= 8;
                             }),
                       choice("scheme", {"symmetric", "asymmetric"}), variant_parameter(),
                       choice("scale", {"fp32", "fp16", "bf16"}), choice("layout", {"rows", "flat"}),
                       choice("search", {"absmax", "mse", "percentile"}),
                       choice("percentile", {"99.9", "99.99", "99.5", "99", "97", "95", "90"})},
        .make =
            [](const Arguments& arguments) {
                return arguments.is("scheme", "symmetric") ? make_symmetric(arguments) : make_asymmetric(arguments);
            },
        .check = check,
        .levels = levels,
    };
}

}  // namespace specsweep::quantize
