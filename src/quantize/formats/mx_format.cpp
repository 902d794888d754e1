#include <map>

#include "base/error.hpp"
#include "quantize/block_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/minifloat_levels.hpp"
#include "quantize/formats/mx_scheme.hpp"

namespace specsweep::quantize {

namespace {

/// MXINT8 as a grid: step 2⁻⁶ up to 127/64.
constexpr Minifloat mx_int8{1, 6, 1, 1.984375};

const Minifloat& element_named(const std::string& name)
{
    static const std::map<std::string, Minifloat> elements = {{"e2m1", e2m1}, {"e2m3", e2m3}, {"e3m2", e3m2},
                                                              {"e4m3", e4m3}, {"e5m2", e5m2}, {"int8", mx_int8}};
    return elements.at(name);
}

MxExponent exponent_rule(const std::string& rule, const Minifloat& element)
{
    static const std::map<std::string, MxRule> rules = {{"floor", MxRule::floor}, {"rceil", MxRule::rceil},
                                                        {"ceil", MxRule::ceil},   {"even", MxRule::even},
                                                        {"div", MxRule::div},     {"even-ct", MxRule::even}};
    const int rounded_bits = rule == "even-ct" ? 1 : element.mantissa_bits;
    return {rules.at(rule), element.max_exponent(), 1 << (22 - rounded_bits), static_cast<float>(element.max)};
}

template <RoundingMode mode>
class MxQuantizer final : public BlockFormatQuantizer {
public:
    MxQuantizer(std::string text, const BlockStorage& storage, Mx<mode> scheme)
        : BlockFormatQuantizer(std::move(text), storage, StatisticsNeed::none), scheme_(scheme)
    {
    }

private:
    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics& statistics,
                                Trace* trace) const override
    {
        Mx<mode> scheme = scheme_;
        bool overflows = false;
        scheme.seed = statistics.seed;
        scheme.overflows = &overflows;
        const QuantizationCounts counts = quantize_blocks(scheme, block(), in, out, statistics, trace);
        if (overflows)
            saturate(out, in.rows * in.cols);
        return counts;
    }

    Mx<mode> scheme_;
};

template <RoundingMode mode>
std::unique_ptr<const Quantizer> made(const Arguments& arguments, const Minifloat& element, double bits)
{
    const BlockStorage storage{.block = arguments.block("block"), .element_bits = bits, .block_bits = 8};
    return std::make_unique<MxQuantizer<mode>>(
        arguments.canonical(), storage, Mx<mode>{MinifloatGrid(element), exponent_rule(arguments["rule"], element)});
}

Format mx_format(const std::string& name, const std::vector<std::string>& elements, std::string summary)
{
    const double bits = name == "mxfp4" ? 4 : name == "mxfp6" ? 6 : 8;
    const auto element_of = [elements](const Arguments& arguments) -> const Minifloat& {
        return element_named(elements.size() == 1 ? elements.front() : arguments["element"]);
    };
    std::vector<std::string> rules = {"floor", "rceil", "ceil", "even", "div"};
    if (name == "mxfp8")
        rules.push_back("even-ct");
    Format format{
        .name = std::move(name),
        .summary = std::move(summary),
        .source = "quantization.md §3; OCP MX v1.0, microxcaling, torchao",
        .parameters = {block("32", RunStyle::length, std::vector<std::string>{"32"}, "N of 2 at least",
                             [](const Block& block) { return block.kind == Block::Kind::run && block.cols >= 2; }),
                       choice("rule", rules), choice("rounding", {"even", "away", "zero", "half-zero", "stochastic"})},
        .make = [element_of, bits](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
            const Minifloat& element = element_of(arguments);
            const std::string& rounding = arguments["rounding"];
            if (rounding == "away")
                return made<RoundingMode::away>(arguments, element, bits);
            if (rounding == "zero")
                return made<RoundingMode::zero>(arguments, element, bits);
            if (rounding == "half-zero")
                return made<RoundingMode::half_zero>(arguments, element, bits);
            if (rounding == "stochastic")
                return made<RoundingMode::stochastic>(arguments, element, bits);
            return made<RoundingMode::even>(arguments, element, bits);
        },
        .levels = [element_of](const Arguments& arguments) { return minifloat_levels(element_of(arguments)); },
    };
    if (elements.size() > 1)
        format.parameters.push_back(choice("element", elements));
    return format;
}

}  // namespace

std::vector<Format> mx_formats()
{
    std::vector<Format> formats;
    formats.push_back(mx_format("mxfp4", {"e2m1"}, "E2M1 elements, one power-of-two scale (E8M0) a block"));
    formats.push_back(mx_format("mxfp6", {"e3m2", "e2m3"}, "FP6 elements, one power-of-two scale (E8M0) a block"));
    formats.push_back(mx_format("mxfp8", {"e4m3", "e5m2"}, "FP8 elements, one power-of-two scale (E8M0) a block"));
    formats.push_back(mx_format("mxint8", {"int8"}, "Q1.6 integers, one power-of-two scale (E8M0) a block"));
    return formats;
}

}  // namespace specsweep::quantize
