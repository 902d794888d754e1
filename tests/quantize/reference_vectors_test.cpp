#include "reference_vectors.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>

#include "base/half.hpp"
#include "base/minifloat.hpp"
#include "quantize/registry.hpp"
#include "support/fnv1a.hpp"
#include "support/shared.hpp"

namespace specsweep::quantize {

namespace {

std::map<std::string, TestMatrix> read_real_matrices()
{
    std::map<std::string, TestMatrix> matrices;
    const auto path = shared_path("models/all-MiniLM-L6-v2/model.safetensors");
    if (!path)
        return matrices;
    std::ifstream file(*path, std::ios::binary);
    std::uint64_t length = 0;
    file.read(reinterpret_cast<char*>(&length), sizeof length);
    std::string header(length, ' ');
    file.read(header.data(), static_cast<std::streamsize>(length));
    const Json tensors = parse_json(header, path->string());
    for (const char* name : {"encoder.layer.0.attention.self.query.weight", "encoder.layer.2.intermediate.dense.weight",
                             "encoder.layer.5.output.dense.weight", "pooler.dense.weight"}) {
        const Json& tensor = tensors.at(name);
        TestMatrix matrix{tensor.at("shape").at(0), tensor.at("shape").at(1), {}};
        std::vector<std::uint16_t> bf16(static_cast<std::size_t>(matrix.rows * matrix.cols));
        file.seekg(static_cast<std::streamoff>(8 + length + tensor.at("data_offsets").at(0).get<std::uint64_t>()));
        file.read(reinterpret_cast<char*>(bf16.data()), static_cast<std::streamsize>(bf16.size() * 2));
        for (const std::uint16_t bits : bf16)
            matrix.values.push_back(bf16_to_float(bits));
        matrices.emplace(name, std::move(matrix));
    }
    return matrices;
}

template <class T, class F>
std::string hash_of(const std::vector<float>& values, F convert)
{
    std::vector<T> bytes;
    bytes.reserve(values.size());
    for (const float value : values)
        bytes.push_back(convert(value));
    return fnv1a64_hex(std::span<const T>(bytes));
}

const Minifloat* minifloat(const std::string& name)
{
    static const std::map<std::string, Minifloat> all = {
        {"e2m1", e2m1}, {"e2m3", e2m3}, {"e3m2", e3m2}, {"e4m3", e4m3}, {"e5m2", e5m2}};
    const auto found = all.find(name);
    return found == all.end() ? nullptr : &found->second;
}

}  // namespace

const std::map<std::string, TestMatrix>& real_matrices()
{
    static const std::map<std::string, TestMatrix> matrices = read_real_matrices();
    return matrices;
}

TestMatrix synthetic_matrix(char name)
{
    TestMatrix matrix{64, 64, std::vector<float>(4096)};
    std::uint32_t state = 12345;
    for (int i = 0; i < 4096; ++i) {
        std::uint32_t sum = 0;
        for (int k = 0; k < 4; ++k) {
            state = state * 1664525U + 1013904223U;
            sum += state >> 10;
        }
        const double bell = (static_cast<double>(sum) - 8388608.0) * 0x1p-26;
        const double ties = std::ldexp((i * 37) % 97 - 48, -7 - (i / 32) % 5);
        matrix.values[static_cast<std::size_t>(i)] = static_cast<float>(name == 'A' ? bell : ties);
    }
    if (name == 'A')
        std::fill(matrix.values.begin() + 256, matrix.values.begin() + 288, 0.0F);
    return matrix;
}

TracedResult quantize_plain(const std::string& text, const TestMatrix& matrix)
{
    TracedResult result;
    result.decoded.resize(matrix.values.size());
    const Panel panel{matrix.values.data(), 0, matrix.rows, matrix.cols};
    result.counts =
        make_quantizer(text)->apply(panel, result.decoded.data(), statistics_of(matrix.values, matrix.cols));
    return result;
}

TracedResult quantize_traced(const std::string& text, const TestMatrix& matrix)
{
    const auto quantizer = make_quantizer(text);
    const TensorStatistics statistics = statistics_of(matrix.values, matrix.cols);
    const Panel panel{matrix.values.data(), 0, matrix.rows, matrix.cols};
    TracedResult result;
    result.decoded.resize(matrix.values.size());
    std::vector<float> traced(matrix.values.size());
    result.counts = quantizer->apply(panel, result.decoded.data(), statistics);
    const QuantizationCounts counts = quantizer->apply_traced(panel, traced.data(), statistics, result.trace);
    EXPECT_EQ(counts.zeroed, result.counts.zeroed) << text;
    EXPECT_EQ(counts.clipped, result.counts.clipped) << text;
    EXPECT_EQ(std::memcmp(traced.data(), result.decoded.data(), traced.size() * 4), 0)
        << text << ": tracing changes values";
    return result;
}

std::string codes_hash(const Trace& trace, const std::string& convention, float offset)
{
    if (const Minifloat* format = minifloat(convention))
        return hash_of<std::uint8_t>(trace.codes, [&](float code) { return encode(*format, code); });
    if (convention == "ggml-e2m1")  // no negative zero
        return hash_of<std::uint8_t>(trace.codes, [](float code) { return encode(e2m1, code + 0.0F); });
    if (convention == "int16")
        return hash_of<std::int16_t>(trace.codes, [](float code) { return static_cast<std::int16_t>(code); });
    return hash_of<std::uint8_t>(
        trace.codes, [&](float code) { return static_cast<std::uint8_t>(static_cast<int>(code + offset)); });
}

std::string scales_hash(const std::vector<float>& scales, const std::string& convention)
{
    if (convention == "e4m3")
        return hash_of<std::uint8_t>(scales, [](float scale) { return encode(e4m3, scale); });
    if (convention == "e8m0")
        return hash_of<std::uint8_t>(scales,
                                     [](float scale) { return static_cast<std::uint8_t>(std::ilogb(scale) + 127); });
    if (convention == "f16")
        return hash_of<std::uint16_t>(scales, [](float scale) { return float_to_half(scale); });
    if (convention != "f32")
        ADD_FAILURE() << "unknown convention of scales: " << convention;
    return floats_hash(scales);
}

std::string zero_points_hash(const std::vector<float>& zero_points)
{
    return hash_of<std::uint8_t>(zero_points,
                                 [](float zero) { return static_cast<std::uint8_t>(static_cast<int>(zero)); });
}

std::string floats_hash(const std::vector<float>& values)
{
    return fnv1a64_hex(std::span<const float>(values));
}

std::string difference(const Json& row, const TracedResult& result)
{
    const std::string convention = row.at("codes");
    const std::string variant = row.value("variant", "");
    // GPTQ's symmetric codes are stored unsigned, around a constant zero point.
    const bool shifted = variant == "int-sym-gptq";
    const float offset = shifted ? std::ldexp(1.0F, row.at("bits").get<int>() - 1) : 0.0F;
    // MXINT8 elements are multiples of 2⁻⁶; their codes are integers.
    const float unit = row.at("format") == "mx" && convention == "int" ? 0x1p6F : 1.0F;
    Trace stored = result.trace;
    for (float& code : stored.codes)
        code *= unit;
    if (codes_hash(stored, convention, offset) != row.at("codes_fnv1a64"))
        return "codes";
    if (scales_hash(result.trace.scales, row.at("scales")) != row.at("scales_fnv1a64"))
        return "scales";
    if (row.contains("zero_points_fnv1a64")) {
        const std::vector<float> constant(result.trace.scales.size(), offset);
        if (zero_points_hash(shifted ? constant : result.trace.zero_points) != row.at("zero_points_fnv1a64"))
            return "zero points";
    }
    if (row.contains("mins_fnv1a64") && scales_hash(result.trace.minima, "f16") != row.at("mins_fnv1a64"))
        return "minima";
    if (row.contains("absmax_codes_fnv1a64") &&
        zero_points_hash(result.trace.scale_codes) != row.at("absmax_codes_fnv1a64"))
        return "codes of the scales";
    if (row.contains("absmax2_fnv1a64") && floats_hash(result.trace.outer_scales) != row.at("absmax2_fnv1a64"))
        return "scales of the scales";
    const bool canonical = row.contains("decoded_canonical_f32_fnv1a64");
    if (floats_hash(result.decoded) != row.at(canonical ? "decoded_canonical_f32_fnv1a64" : "decoded_f32_fnv1a64"))
        return "decoded";
    return {};
}

TEST(ReferenceVectors, RealMatricesAreThoseOfTheReferences)
{
    SPECSWEEP_REQUIRE_SHARED(path, "reference/real_weights/own_formulas.json");
    std::ifstream file(path);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const Json reference = parse_json(text, path.string());
    ASSERT_EQ(real_matrices().size(), 4U);
    for (const auto& [name, matrix] : real_matrices())
        EXPECT_EQ(floats_hash(matrix.values), reference.at("matrices").at(name).at("f32_fnv1a64")) << name;
}

TEST(ReferenceVectors, SyntheticMatricesAreThoseOfTheReferences)
{
    EXPECT_EQ(floats_hash(synthetic_matrix('A').values), "1ff95b3e26e475e4");
    EXPECT_EQ(floats_hash(synthetic_matrix('B').values), "db3c996c01bc57b0");
}

}  // namespace specsweep::quantize
