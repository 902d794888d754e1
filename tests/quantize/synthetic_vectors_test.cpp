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
    {"NF4 bs64 (bitsandbytes recip-mult) (own)", "nf4"},
    {"MX fp8_e4m3 | microxcaling even", "mxfp8"},
    {"MX fp8_e4m3 | microxcaling nearest(away)", "mxfp8:rounding=away"},
    {"MX fp8_e4m3 | microxcaling floor", "mxfp8:rounding=zero"},
    {"MX fp8_e4m3 | RCEIL (own)", "mxfp8:rule=rceil"},
    {"MX fp8_e4m3 | EVEN (own)", "mxfp8:rule=even"},
    {"MX fp8_e5m2 | microxcaling even", "mxfp8:element=e5m2"},
    {"MX fp8_e5m2 | microxcaling nearest(away)", "mxfp8:element=e5m2,rounding=away"},
    {"MX fp8_e5m2 | microxcaling floor", "mxfp8:element=e5m2,rounding=zero"},
    {"MX fp8_e5m2 | RCEIL (own)", "mxfp8:element=e5m2,rule=rceil"},
    {"MX fp8_e5m2 | EVEN (own)", "mxfp8:element=e5m2,rule=even"},
    {"MX fp6_e3m2 | microxcaling even", "mxfp6"},
    {"MX fp6_e3m2 | microxcaling nearest(away)", "mxfp6:rounding=away"},
    {"MX fp6_e3m2 | microxcaling floor", "mxfp6:rounding=zero"},
    {"MX fp6_e3m2 | RCEIL (own)", "mxfp6:rule=rceil"},
    {"MX fp6_e3m2 | EVEN (own)", "mxfp6:rule=even"},
    {"MX fp6_e2m3 | microxcaling even", "mxfp6:element=e2m3"},
    {"MX fp6_e2m3 | microxcaling nearest(away)", "mxfp6:element=e2m3,rounding=away"},
    {"MX fp6_e2m3 | microxcaling floor", "mxfp6:element=e2m3,rounding=zero"},
    {"MX fp6_e2m3 | RCEIL (own)", "mxfp6:element=e2m3,rule=rceil"},
    {"MX fp6_e2m3 | EVEN (own)", "mxfp6:element=e2m3,rule=even"},
    {"MX fp4_e2m1 | microxcaling even", "mxfp4"},
    {"MX fp4_e2m1 | microxcaling nearest(away)", "mxfp4:rounding=away"},
    {"MX fp4_e2m1 | microxcaling floor", "mxfp4:rounding=zero"},
    {"MX fp4_e2m1 | RCEIL (own)", "mxfp4:rule=rceil"},
    {"MX fp4_e2m1 | EVEN (own)", "mxfp4:rule=even"},
    {"MX int8 | microxcaling even", "mxint8"},
    {"MX int8 | microxcaling nearest(away)", "mxint8:rounding=away"},
    {"MX int8 | microxcaling floor", "mxint8:rounding=zero"},
    {"MX int8 | RCEIL (own)", "mxint8:rule=rceil"},
    {"MX int8 | EVEN (own)", "mxint8:rule=even"},
};

// Entries with hashes of block scales as fp32 (their decoded hash is of another order of multiplications).
constexpr SyntheticCase scale_cases[] = {
    {"NVFP4 1x16 TE(v2.15+) (own)", "nvfp4"},
    {"NVFP4 16x16 TE(v2.15+) (own)", "nvfp4:block=16x16"},
    {"NVFP4 4/6 1x16 MAE e4m3max=256 (own)", "nvfp4:select=mae"},
    {"NVFP4 4/6 1x16 MSE 256 (own)", "nvfp4:select=mse"},
    {"NVFP4 4/6 1x16 MSE 448 (own)", "nvfp4:select=mse,scale-max=448"},
    {"NVFP4 4/6 16x16 MSE 256 (own)", "nvfp4:select=mse,block=16x16"},
};

// Entries with the packed bytes of ggml and the hash of decoded values.
constexpr SyntheticCase ggml_cases[] = {
    {"ggml q8_0", "q8_0"},
    {"ggml q4_0", "q4_0"},
    {"ggml q4_1", "q4_1"},
    {"ggml mxfp4", "mxfp4:rounding=half-zero"},
    {"ggml nvfp4", "nvfp4:variant=ggml"},
    {"ggml iq4_nl", "iq4_nl:search=reference"},
    {"ggml iq4_nl(ntry=7)", "iq4_nl"},
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
    for (const auto& [label, text] : ggml_cases)
        EXPECT_EQ(floats_hash(quantize_plain(text, matrix).decoded), vectors.at(label).at("dequant_hash")) << label;
    // ggml's super-blocks of 256 run over the flattened dataset, whose rows are shorter.
    const TestMatrix rows_of_256{16, 256, matrix.values};
    EXPECT_EQ(floats_hash(quantize_plain("q4_k", rows_of_256).decoded), vectors.at("ggml q4_K").at("dequant_hash"));
    for (const auto& [label, text] : scale_cases)
        EXPECT_EQ(scales_hash(quantize_traced(text, matrix).trace.scales, "f32"),
                  vectors.at(label).at("scales_fp32_hash"))
            << label;
}

INSTANTIATE_TEST_SUITE_P(Datasets, SyntheticVectors, testing::Values('A', 'B'),
                         [](const auto& info) { return std::string(1, info.param); });

}  // namespace

}  // namespace specsweep::quantize
