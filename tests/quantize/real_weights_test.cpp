#include <gtest/gtest.h>

#include <fstream>
#include <iostream>

#include "reference_vectors.hpp"
#include "support/shared.hpp"

namespace specsweep::quantize {

namespace {

/// The quantizer text that stands for a reference vector; empty when there is none yet.
std::string text_for(const Json& row)
{
    const std::string format = row.at("format");
    const std::string variant = row.at("variant");
    const auto field = [&row](const char* name) { return row.contains(name) ? row.at(name).get<std::string>() : ""; };
    std::string block = field("scope");
    if (block.rfind("g", 0) == 0)
        block = block.substr(1);
    if (block.rfind("tile", 0) == 0)
        block = block.substr(4);
    if (format == "int" || format == "seed-uniform") {
        static const std::map<std::string, std::string> parameters = {
            {"int-sym-restricted", ""},
            {"int-sym-full", ",variant=full"},
            {"int-sym-gptq", ",variant=gptq"},
            {"int-sym-restricted-recip", ",variant=torchao-restricted"},
            {"int-sym-full-recip", ",variant=torchao"},
            {"int-sym-no-clipping-recip", ",variant=noclip"},
            {"int-asym-gptq", ",scheme=asymmetric"},
            {"int-asym-ct", ",scheme=asymmetric,variant=compressed-tensors"},
            {"int-asym-recip", ",scheme=asymmetric,variant=torchao"},
        };
        const std::string common = "bits=" + std::to_string(row.at("bits").get<int>()) + ",block=" + block;
        if (format == "seed-uniform")
            return "uniform:" + common;
        return "int:" + common + parameters.at(variant);
    }
    if (format == "nvfp4") {
        static const std::map<std::string, std::string> variants = {
            {"nvfp4-te215", "te"},
            {"nvfp4-torchao-two-level", "torchao"},
            {"nvfp4-torchao-single-level", "torchao-single"},
            {"nvfp4-ct", "compressed-tensors"},
            {"fouroversix-static_6", "te-old"},
        };
        return "nvfp4:block=" + field("block") + ",variant=" + variants.at(variant);
    }
    if (format == "nvfp4-4over6") {
        const bool te = variant.rfind("te-", 0) == 0;
        std::string select = te ? variant.substr(3, 3) : variant.substr(variant.find('-') + 1);
        select = select == "abs_max" ? "absmax" : select;
        return "nvfp4:block=" + field("block") + ",select=" + select + ",variant=" + (te ? "te" : "fouroversix") +
               ",scale-max=" + std::to_string(row.at("e4m3_max").get<int>());
    }
    if (format == "mx") {
        static const std::map<std::string, std::string> elements = {
            {"E2M1", "mxfp4:"},
            {"E3M2", "mxfp6:"},
            {"E2M3", "mxfp6:element=e2m3,"},
            {"E4M3", "mxfp8:"},
            {"E5M2", "mxfp8:element=e5m2,"},
            {"INT8", "mxint8:"},
        };
        static const std::map<std::string, std::string> rules = {
            {"FLOOR", "floor"}, {"RCEIL", "rceil"}, {"CEIL", "ceil"}, {"EVEN", "even"}, {"DIV", "div"},
        };
        static const std::map<std::string, std::string> roundings = {
            {"", "even"}, {"even", "even"}, {"nearest", "away"}, {"floor", "zero"}};
        std::string rule = rules.at(field("rule"));
        if (variant == "mx-even-ct" && field("element") == "E4M3")
            rule = "even-ct";
        return elements.at(field("element")) + "rule=" + rule + ",rounding=" + roundings.at(field("round"));
    }
    if (format == "fp8")
        return "fp8:element=" + std::string(field("element") == "E4M3" ? "e4m3" : "e5m2") + ",block=" + block +
               (variant == "fp8-te-encode-scale" ? ",rule=te" : "");
    if (format == "nf4" || format == "bnb-fp4") {
        const std::string length = field("block").substr(0, field("block").find(' '));
        const std::string rule = variant == "bnb" ? "none" : variant == "bnb-double" ? "midpoint" : "lut";
        return format + ":block=" + length + ",double=" + rule;
    }
    if (format == "ggml-MXFP4")
        return "mxfp4:rounding=half-zero";
    if (format.rfind("ggml-Q", 0) == 0) {
        std::string name = format.substr(5);
        name[0] = 'q';
        return name;
    }
    return {};
}

class RealWeights : public testing::TestWithParam<const char*> {};

TEST_P(RealWeights, AreReproducedBitForBit)
{
    SPECSWEEP_REQUIRE_SHARED(path, std::string("reference/real_weights/") + GetParam() + ".json");
    std::ifstream file(path);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const VectorScore score = score_vectors(parse_json(text, path.string()), text_for);
    RecordProperty("reproduced", score.reproduced);
    RecordProperty("without_quantizer", score.without_quantizer);
    std::cout << GetParam() << ": " << score.reproduced << " reproduced, " << score.without_quantizer
              << " without a quantizer\n";
    EXPECT_EQ(score.without_quantizer, 0);
    EXPECT_TRUE(score.different.empty()) << score.different.size() << " differ, first: " << score.different.front();
}

INSTANTIATE_TEST_SUITE_P(Files, RealWeights,
                         testing::Values("own_formulas", "gptq", "compressed_tensors", "torchao", "transformer_engine",
                                         "fouroversix", "microxcaling", "torch_fp8", "bitsandbytes", "gguf"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace

}  // namespace specsweep::quantize
