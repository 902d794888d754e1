#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "quantize/quantizer.hpp"
#include "quantize/trace.hpp"

namespace specsweep::quantize {

/// A logical matrix in memory, for tests.
struct TestMatrix {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<float> values;
};

/// The matrices of reference/real_weights, by name, read from models/all-MiniLM-L6-v2 (BF16, widened).
const std::map<std::string, TestMatrix>& real_matrices();

/// Datasets A and B of reference/quantization_vectors.json, 64 × 64, by their integer generators.
TestMatrix synthetic_matrix(char name);

/// What a quantizer makes of a whole matrix in one panel.
struct TracedResult {
    std::vector<float> decoded;
    Trace trace;
    QuantizationCounts counts;
};
TracedResult quantize_traced(const std::string& text, const TestMatrix& matrix);
/// The same for formats that keep no codes.
TracedResult quantize_plain(const std::string& text, const TestMatrix& matrix);

/// Codes, scales and decoded values as the bytes that the reference files hash.
std::string codes_hash(const Trace& trace, const std::string& convention, float offset = 0);
std::string scales_hash(const std::vector<float>& scales, const std::string& convention);
std::string zero_points_hash(const std::vector<float>& zero_points);
std::string floats_hash(const std::vector<float>& values);

/// Counts what one reference file asks for, and says which vector differs.
struct VectorScore {
    int reproduced = 0;
    int without_quantizer = 0;
    std::vector<std::string> different;
};

/// @param text_for quantizer text of a row; empty when no quantizer stands for it.
template <class TextFor>
VectorScore score_vectors(const Json& file, TextFor text_for);

/// Compares every hash the row has; the first difference by name, or empty.
std::string difference(const Json& row, const TracedResult& result);

template <class TextFor>
VectorScore score_vectors(const Json& file, TextFor text_for)
{
    VectorScore score;
    for (const Json& row : file.at("vectors")) {
        const std::string text = text_for(row);
        if (text.empty()) {
            ++score.without_quantizer;
            continue;
        }
        const std::string matrix = row.at("matrix");
        const std::string what = difference(row, quantize_traced(text, real_matrices().at(matrix)));
        if (what.empty())
            ++score.reproduced;
        else
            score.different.push_back(text + " on " + matrix + ": " + what);
    }
    return score;
}

}  // namespace specsweep::quantize
