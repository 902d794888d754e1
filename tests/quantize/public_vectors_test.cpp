#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <span>

#include "support/fnv1a.hpp"
#include "support/shared.hpp"
#include "test_matrices.hpp"

namespace specsweep::quantize {

namespace {

/// public/vectors.json, which public/generate.py made from the packages that own the formats, or from their formulas.
const Json& public_references()
{
    static const Json file = [] {
        const std::string path = SPECSWEEP_SOURCE_DIR "/tests/quantize/public/vectors.json";
        std::ifstream stream(path);
        return parse_json(std::string((std::istreambuf_iterator<char>(stream)), {}), path);
    }();
    return file;
}

TestMatrix matrix_named(const std::string& name)
{
    return name.size() == 1 ? synthetic_matrix(name[0]) : real_matrices().at(name);
}

/// Twice the elements of E2M1, which are integers then.
std::string doubled_codes_hash(const std::vector<float>& codes)
{
    std::vector<std::int8_t> doubled;
    for (const float code : codes)
        doubled.push_back(static_cast<std::int8_t>(2 * code));
    return fnv1a64_hex(std::span<const std::int8_t>(doubled));
}

std::string first_difference(const Json& row)
{
    const std::string text = row.at("quantizer");
    const TestMatrix matrix = matrix_named(row.at("matrix"));
    if (row.contains("decoded") && floats_hash(decoded(text, matrix).values) != row.at("decoded"))
        return "decoded";
    if (!row.contains("codes"))
        return {};
    const TracedResult traced = quantize_traced(text, matrix);
    if (doubled_codes_hash(traced.trace.codes) != row.at("codes"))
        return "codes";
    return floats_hash(traced.trace.scales) == row.at("scales") ? "" : "scales";
}

TEST(PublicVectors, AreReproducedBitForBit)
{
    const bool has_model = !real_matrices().empty();
    int reproduced = 0;
    int without_matrix = 0;
    for (const Json& row : public_references().at("vectors")) {
        const std::string name = row.at("matrix");
        if (name.size() > 1 && !has_model) {
            ++without_matrix;
            continue;
        }
        const std::string what = first_difference(row);
        EXPECT_EQ(what, "") << row.at("quantizer") << " on " << name << ", by " << row.at("owner");
        reproduced += what.empty() ? 1 : 0;
    }
    std::cout << reproduced << " reproduced, " << without_matrix << " without their matrix (SPECSWEEP_SHARED)\n";
    EXPECT_GT(reproduced, 0);
}

TEST(PublicTables, AreReproducedNumberByNumber)
{
    for (const Json& row : public_references().at("tables")) {
        const std::string text = row.at("quantizer");
        const bool magnitudes = row.contains("magnitudes");
        const auto expected = row.at(magnitudes ? "magnitudes" : "levels").get<std::vector<double>>();
        std::vector<float> levels = level_table(text);
        if (magnitudes)
            std::erase_if(levels, [](float level) { return level < 0; });
        ASSERT_EQ(levels.size(), expected.size()) << text;
        for (std::size_t i = 0; i < levels.size(); ++i)
            EXPECT_EQ(levels[i], static_cast<float>(expected[i])) << text << " level " << i;
    }
}

}  // namespace

}  // namespace specsweep::quantize
