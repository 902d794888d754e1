#include "bench/sweep/synthetic_plan.hpp"

#include "base/format.hpp"
#include "base/numerics_version.hpp"
#include "sweep/expand.hpp"
#include "sweep/manifest.hpp"

namespace specsweep::bench {
namespace {

/// 2 bits × 31 blocks × 2 schemes = 124 quantizers.
std::string manifest_text(const SyntheticSize& size)
{
    std::string blocks;
    for (int block = 16; block <= 31 * 16; block += 16)
        blocks += fmt::format("{}{}", blocks.empty() ? "" : ", ", block);
    const std::string quantizers = fmt::format(
        "quantizers: [{{format: int, bits: [3, 4], block: [{}], scheme: [symmetric, asymmetric]}}]\n", blocks);
    return fmt::format("name: bench\ncheckpoints: .\n{}shards: {{count: {}}}\n", size.quantizers ? quantizers : "",
                       size.shards);
}

sweep::PlanMatrix synthetic_matrix(int checkpoint, int number, std::int64_t side)
{
    sweep::PlanMatrix matrix;
    matrix.checkpoint = checkpoint;
    matrix.matrix.name = matrix.matrix.tensor = fmt::format("model.layers.{}.mlp.up_proj.weight", number);
    matrix.matrix.slice = checkpoint::Slice::whole(side, side);
    matrix.matrix.role = checkpoint::Role::mlp_up;
    matrix.matrix.block_index = number;
    matrix.matrix.dtype = DType::bf16;
    matrix.location = {matrix.matrix.tensor,
                       fmt::format("/models/m{}/model.safetensors", checkpoint),
                       1000 + 2 * side * side * number,
                       2 * side * side,
                       DType::bf16,
                       {side, side}};
    matrix.content_digest = {static_cast<std::uint64_t>(checkpoint) + 1, static_cast<std::uint64_t>(number) + 1};
    matrix.file_size = 1'000'000'000;
    matrix.file_mtime_ns = 1'700'000'000'123'456'789;
    return matrix;
}

}  // namespace

sweep::Plan synthetic_plan(const SyntheticSize& size)
{
    const sweep::Manifest manifest = sweep::parse_manifest(manifest_text(size), "bench", ".");
    sweep::Plan plan;
    plan.name = manifest.name;
    plan.tolerance = manifest.tolerance;
    plan.certificate = manifest.certificate;
    plan.seed = manifest.seed;
    plan.metrics = manifest.metrics;
    plan.numerics_version = numerics_version;
    plan.memory_per_rank = sweep::PlanOptions().memory_per_rank;
    plan.cost_machine = sweep::PlanOptions().machine.name;
    for (int checkpoint = 0; checkpoint < size.checkpoints; ++checkpoint) {
        plan.checkpoints.push_back(
            {fmt::format("m{}", checkpoint), checkpoint, fmt::format("/models/m{}", checkpoint), "llama"});
        for (int number = 0; number < size.matrices; ++number)
            plan.matrices.push_back(synthetic_matrix(checkpoint, number, size.side));
    }
    sweep::expand(plan, manifest, {});
    sweep::cut(plan, manifest.shards);
    return plan;
}

}  // namespace specsweep::bench
