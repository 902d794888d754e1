#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "results/unit_result.hpp"
#include "sweep/plan.hpp"

namespace specsweep::results {

/// Two checkpoints, seven matrices, two quantizers and the reference: 21 units. The fourth and fifth matrix have equal
/// content (18 distinct ids), the sixth is zero, the seventh has no rows.
inline sweep::Plan small_plan(std::int32_t shard_count = 1, const std::string& name = "small")
{
    struct Shape {
        std::int64_t rows, cols;
        std::uint64_t content;
    };
    constexpr Shape shapes[] = {{4, 3, 1}, {5, 5, 2}, {2, 6, 3}, {3, 3, 4}, {3, 3, 4}, {4, 4, 5}, {0, 6, 6}};
    sweep::Plan plan;
    plan.name = name;
    plan.numerics_version = 1;
    plan.checkpoints = {{"first", std::nullopt, "/models/first", "gpt2"}, {"größe, \"2\"", 500, "/models/2", "bert"}};
    plan.quantizers = {"reference", "int:block=32", "int:bits=2,block=16"};
    plan.shard_count = shard_count;
    for (std::int32_t i = 0; i < std::ssize(shapes); ++i) {
        const Shape& shape = shapes[i];
        sweep::PlanMatrix matrix;
        matrix.checkpoint = i < 4 ? 0 : 1;
        matrix.matrix.name = "layer." + std::to_string(i) + ".weight";
        matrix.matrix.tensor = matrix.matrix.name;
        matrix.matrix.slice = checkpoint::Slice::whole(shape.rows, shape.cols);
        matrix.matrix.role = checkpoint::Role::mlp_up;
        matrix.matrix.block_index = i - 1;
        matrix.location.dtype = DType::f32;
        matrix.location.shape = {shape.rows, shape.cols};
        matrix.content_digest = {shape.content, shape.content};
        matrix.solver = "gram-lapack";
        matrix.shard = i % shard_count;
        plan.matrices.push_back(matrix);
        for (std::int32_t quantizer = 0; quantizer < 3; ++quantizer) {
            sweep::PlanUnit unit;
            unit.matrix = i;
            unit.quantizer = quantizer;
            unit.predicted_seconds = 0.25;
            unit.bits_per_weight = quantizer == 0 ? 32 : 4.5;
            plan.units.push_back(unit);
        }
    }
    sweep::seal(plan);
    return plan;
}

/// A result as a solver could give it: a function of the content, so that equal ids have equal results. Quantizing
/// moves every σ by 1 % or 2 %, ‖E‖_F² is twice the sum of the squared changes: Weyl and Mirsky hold.
inline UnitResult made_up(const sweep::Plan& plan, std::int64_t unit_row)
{
    const sweep::PlanUnit& unit = plan.units[static_cast<std::size_t>(unit_row)];
    const sweep::PlanMatrix& matrix = plan.matrices[static_cast<std::size_t>(unit.matrix)];
    const std::int64_t k = std::min(matrix.matrix.slice.rows, matrix.matrix.slice.cols);
    const bool is_zero = matrix.content_digest.low == 5;
    const double scale = is_zero ? 0.0 : 1.0 + static_cast<double>(matrix.content_digest.low) / 8;
    const double change = 0.01 * unit.quantizer;
    UnitResult result;
    result.state = UnitState::done;
    result.method = "gram-lapack";
    double moved = 0;
    for (std::int64_t i = 0; i < k; ++i) {
        const double sigma = scale / static_cast<double>(i + 1);
        result.sigma.push_back(sigma * (1 + change));
        result.error.push_back(is_zero ? 0.0 : 1e-12);
        moved += sigma * change * sigma * change;
    }
    for (const double sigma : result.sigma)
        result.moments.frobenius_squared += sigma * sigma;
    result.moments.frobenius_squared_error = 1e-14;
    if (unit.quantizer != 0) {
        result.moments.error_frobenius_squared = 2 * moved;
        result.moments.inner_product = -moved;
        result.moments.error_max = std::sqrt(moved);
        result.moments.zeroed = k;
    }
    result.timing.seconds = 0.5;
    result.timing.seconds_read = 0.125;
    result.timing.rank = 0;
    result.timing.ranks = 1;
    result.timing.peak_bytes = 1000;
    return result;
}

inline std::string bytes_of(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline void flip_byte(const std::filesystem::path& path, std::int64_t offset, unsigned char mask = 0x10)
{
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(offset);
    const char byte = static_cast<char>(file.get());
    file.seekp(offset);
    file.put(static_cast<char>(static_cast<unsigned char>(byte) ^ mask));
}

}  // namespace specsweep::results
