#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/numerics_version.hpp"
#include "sweep/expand.hpp"
#include "sweep/manifest.hpp"
#include "sweep/plan.hpp"

namespace specsweep::sweep {

struct SyntheticMatrix {
    std::string name;
    checkpoint::Role role = checkpoint::Role::mlp_up;
    std::int64_t rows = 64, cols = 48;
    std::uint64_t content = 0;  ///< 0: unlike any other
};

/// A plan as survey() would make it, of matrices that exist nowhere: `matrices` in each of `checkpoints` checkpoints.
inline Plan synthetic_survey(const Manifest& manifest, int checkpoints, const std::vector<SyntheticMatrix>& matrices)
{
    Plan plan;
    plan.name = manifest.name;
    plan.tolerance = manifest.tolerance;
    plan.certificate = manifest.certificate;
    plan.seed = manifest.seed;
    plan.metrics = manifest.metrics;
    plan.numerics_version = numerics_version;
    plan.memory_per_rank = PlanOptions().memory_per_rank;
    plan.cost_machine = PlanOptions().machine.name;
    for (int c = 0; c < checkpoints; ++c) {
        const std::string id = "model" + std::to_string(c);
        plan.checkpoints.push_back({id, c, "models/" + id, "gpt2"});
        std::int64_t offset = 1000;
        int block = 0;
        for (const SyntheticMatrix& synthetic : matrices) {
            PlanMatrix matrix;
            matrix.checkpoint = c;
            matrix.matrix.name = matrix.matrix.tensor = synthetic.name;
            matrix.matrix.slice = checkpoint::Slice::whole(synthetic.rows, synthetic.cols);
            matrix.matrix.role = synthetic.role;
            matrix.matrix.block_index = block++;
            matrix.matrix.dtype = DType::bf16;
            matrix.location = {synthetic.name, "models/" + id + "/model.safetensors",
                               offset,         2 * synthetic.rows * synthetic.cols,
                               DType::bf16,    {synthetic.rows, synthetic.cols}};
            offset += matrix.location.bytes;
            matrix.content_digest = synthetic.content != 0 ? Digest128{0, synthetic.content}
                                                           : Digest128{static_cast<std::uint64_t>(c) + 1,
                                                                       static_cast<std::uint64_t>(offset)};
            matrix.file_size = 123456789;
            matrix.file_mtime_ns = 1700000000123456789;
            plan.matrices.push_back(std::move(matrix));
        }
    }
    return plan;
}

/// The whole of make_plan() but for the reading of files. `text`: a manifest without `checkpoints`.
inline Plan synthetic_plan(const std::string& text, int checkpoints, const std::vector<SyntheticMatrix>& matrices)
{
    const Manifest manifest = parse_manifest("checkpoints: .\n" + text, "m.yaml", ".");
    Plan plan = synthetic_survey(manifest, checkpoints, matrices);
    expand(plan, manifest, {});
    cut(plan, manifest.shards);
    return plan;
}

/// "matrix quantizer" of every unit in order.
inline std::vector<std::string> points_of(const Plan& plan)
{
    std::vector<std::string> result;
    for (const PlanUnit& unit : plan.units)
        result.push_back(plan.matrices[static_cast<std::size_t>(unit.matrix)].matrix.name + " " +
                         plan.quantizers[static_cast<std::size_t>(unit.quantizer)]);
    return result;
}

}  // namespace specsweep::sweep
