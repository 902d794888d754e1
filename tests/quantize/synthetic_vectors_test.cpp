#include <gtest/gtest.h>

#include <fstream>

#include "quantize/registry.hpp"
#include "reference_vectors.hpp"
#include "support/shared.hpp"

namespace specsweep::quantize {

namespace {

struct SyntheticCase {
    const char* label;  ///< key in quantization_vectors.json
    const char* text;
};

// Entries whose value is one hash of decoded values.
constexpr SyntheticCase decoded_cases[] = {
    {"int2 sym restricted bs64 (x/d,RNE) (own)", "int:bits=2,block=64"},
    {"int3 sym restricted bs64 (x/d,RNE) (own)", "int:bits=3,block=64"},
    {"int4 sym restricted bs64 (x/d,RNE) (own)", "int:bits=4,block=64"},
    {"int8 sym restricted bs64 (x/d,RNE) (own)", "int:bits=8,block=64"},
    {"int2 sym full (compressed-tensors) bs64 (own)", "int:bits=2,block=64,variant=full"},
    {"int3 sym full (compressed-tensors) bs64 (own)", "int:bits=3,block=64,variant=full"},
    {"int4 sym full (compressed-tensors) bs64 (own)", "int:bits=4,block=64,variant=full"},
    {"int8 sym full (compressed-tensors) bs64 (own)", "int:bits=8,block=64,variant=full"},
    {"int2 asym zp (GPTQ) bs64 (own)", "int:bits=2,block=64,scheme=asymmetric"},
    {"int3 asym zp (GPTQ) bs64 (own)", "int:bits=3,block=64,scheme=asymmetric"},
    {"int4 asym zp (GPTQ) bs64 (own)", "int:bits=4,block=64,scheme=asymmetric"},
    {"int8 asym zp (GPTQ) bs64 (own)", "int:bits=8,block=64,scheme=asymmetric"},
    {"seed Q_b b=2 per-tensor fp32 (own)", "uniform:bits=2"},
    {"seed Q_b b=3 per-tensor fp32 (own)", "uniform:bits=3"},
    {"seed Q_b b=4 per-tensor fp32 (own)", "uniform:bits=4"},
    {"seed Q_b b=8 per-tensor fp32 (own)", "uniform:bits=8"},
};

// Entries with hashes of block scales as fp32 (their decoded hash is of another order of multiplications).
constexpr SyntheticCase scale_cases[] = {
    {"NVFP4 1x16 TE(v2.15+) (own)", "nvfp4"},
    {"NVFP4 16x16 TE(v2.15+) (own)", "nvfp4:block=16x16"},
};

class SyntheticVectors : public testing::TestWithParam<char> {};

TEST_P(SyntheticVectors, AreReproducedBitForBit)
{
    SPECSWEEP_REQUIRE_SHARED(path, "reference/quantization_vectors.json");
    std::ifstream file(path);
    const std::string content((std::istreambuf_iterator<char>(file)), {});
    const Json vectors = parse_json(content, path.string()).at("results").at(std::string(1, GetParam()));
    const TestMatrix matrix = synthetic_matrix(GetParam());
    for (const auto& [label, text] : decoded_cases)
        EXPECT_EQ(floats_hash(quantize_traced(text, matrix).decoded), vectors.at(label)) << label;
    for (const auto& [label, text] : scale_cases)
        EXPECT_EQ(scales_hash(quantize_traced(text, matrix).trace.scales, "f32"),
                  vectors.at(label).at("scales_fp32_hash"))
            << label;
}

INSTANTIATE_TEST_SUITE_P(Datasets, SyntheticVectors, testing::Values('A', 'B'),
                         [](const auto& info) { return std::string(1, info.param); });

}  // namespace

}  // namespace specsweep::quantize
