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
    EXPECT_TRUE(score.different.empty()) << score.different.size() << " differ, first: " << score.different.front();
}

INSTANTIATE_TEST_SUITE_P(Files, RealWeights,
                         testing::Values("own_formulas", "gptq", "compressed_tensors", "torchao", "transformer_engine",
                                         "fouroversix", "microxcaling", "torch_fp8", "bitsandbytes", "gguf"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace

}  // namespace specsweep::quantize
