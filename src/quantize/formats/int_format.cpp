#include "base/error.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/integer_formats.hpp"

namespace specsweep::quantize {

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

ScaleType integer_scale_type(const Arguments& arguments)
{
    if (arguments.is("scale", "fp32"))
        return ScaleType::fp32;
    return arguments.is("scale", "fp16") ? ScaleType::fp16 : ScaleType::bf16;
}

BlockStorage integer_storage(const Arguments& arguments, double zero_point_bits)
{
    Block block = arguments.block("block");
    if (arguments.is("layout", "flat"))
        block.kind = Block::Kind::flat;
    return {.block = block,
            .element_bits = 1.0 * arguments.integer("bits"),
            .block_bits = bits_of_scale(integer_scale_type(arguments)) + zero_point_bits};
}

ScaleSearch integer_search(const Arguments& arguments)
{
    if (arguments.is("search", "mse"))
        return {ScaleSearch::Kind::mse, 100};
    return {ScaleSearch::Kind::percentile, std::stod(arguments["percentile"])};
}

float lowest_code(SymmetricVariant variant, int bits)
{
    const bool restricted = variant == SymmetricVariant::restricted || variant == SymmetricVariant::reciprocal ||
                            variant == SymmetricVariant::torchao_restricted;
    const auto half = static_cast<float>(1 << (bits - 1));
    return restricted ? 1.0F - half : -half;
}

namespace {

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
                const bool searched = !arguments.is("search", "absmax");
                if (arguments.is("scheme", "symmetric"))
                    return searched ? make_searched_symmetric_integer(arguments) : make_symmetric_integer(arguments);
                return searched ? make_searched_asymmetric_integer(arguments) : make_asymmetric_integer(arguments);
            },
        .check = check,
        .levels = levels,
    };
}

}  // namespace specsweep::quantize
