#include "sweep/unit_id.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "base/json.hpp"
#include "synthetic.hpp"

namespace specsweep::sweep {
namespace {

Plan plan_of_one()
{
    return synthetic_plan("quantizers: 'int:block=16'", 1, {{"up"}});
}

TEST(UnitIdentity, IsTheHashOfCanonicalJson)
{
    const Plan plan = plan_of_one();
    const std::string text = UnitIdentity(plan, plan.matrices[0]).canonical_text("int:block=16");
    const Json identity = parse_json(text, "identity");
    EXPECT_EQ(canonical_json(identity), text);
    EXPECT_EQ(identity.size(), 10u);
    EXPECT_EQ(identity.at("quantizer"), "int:block=16");
    EXPECT_EQ(identity.at("content"), plan.matrices[0].content_digest.hex());
    EXPECT_EQ(identity.at("dtype"), "BF16");
    EXPECT_EQ(identity.at("tolerance"), 1e-4);
    EXPECT_EQ(plan.units[1].id, sha256_hex(text));
    EXPECT_EQ(plan.units[1].id.size(), 64u);
}

TEST(UnitIdentity, ChangesWithEverythingThatCanChangeTheNumbers)
{
    const std::vector<std::function<void(Plan&)>> changes{
        [](Plan&) {},
        [](Plan& plan) { plan.tolerance = 1e-6; },
        [](Plan& plan) { plan.certificate = "worst-case"; },
        [](Plan& plan) { plan.seed = 1; },
        [](Plan& plan) { plan.numerics_version += 1; },
        [](Plan& plan) { plan.quantizers[1] = "int:block=32"; },
        [](Plan& plan) { plan.matrices[0].content_digest.low ^= 1; },
        [](Plan& plan) { plan.matrices[0].location.dtype = DType::f16; },
        [](Plan& plan) {
            plan.matrices[0].location.shape = {48, 64};
        },
        [](Plan& plan) { plan.matrices[0].matrix.slice.first += 1; },
        [](Plan& plan) { plan.matrices[0].matrix.slice.orientation = checkpoint::Orientation::in_out; },
    };
    std::set<std::string> ids;
    for (const auto& change : changes) {
        Plan plan = plan_of_one();
        change(plan);
        seal(plan);
        ids.insert(plan.units[1].id);
    }
    EXPECT_EQ(ids.size(), changes.size());
}

TEST(UnitIdentity, DoesNotChangeWithNamesPathsCostsAndCuts)
{
    const Plan before = plan_of_one();
    Plan after = before;
    after.name = "other";
    after.checkpoints[0] = {"other", 7, "elsewhere", "llama"};
    PlanMatrix& matrix = after.matrices[0];
    matrix.matrix.name = matrix.matrix.tensor = matrix.location.name = "renamed";
    matrix.matrix.role = checkpoint::Role::other;
    matrix.matrix.slice.name = "part";
    matrix.matrix.block_index = 9;
    matrix.location.file = "elsewhere/model.safetensors";
    matrix.location.offset += 8;
    matrix.file_mtime_ns += 1;
    matrix.solver = "qr-lapack";
    matrix.shard = 1;
    after.shard_count = 2;
    after.memory_per_rank *= 2;
    after.units[1].predicted_seconds *= 2;
    seal(after);
    EXPECT_EQ(after.units[1].id, before.units[1].id);
    EXPECT_NE(after.sweep_sha256, before.sweep_sha256) << "the solver is part of the sweep";
    EXPECT_NE(after.cut_sha256, before.cut_sha256);
    after.matrices[0].solver = before.matrices[0].solver;
    seal(after);
    EXPECT_EQ(after.sweep_sha256, before.sweep_sha256);
    EXPECT_NE(after.cut_sha256, before.cut_sha256);
}

TEST(UnitIdentity, EqualContentSharesItsRows)
{
    const Plan plan =
        synthetic_plan("quantizers: [int, nvfp4]", 2, {{"a", checkpoint::Role::mlp_up, 32, 32, 5}, {"b"}});
    ASSERT_EQ(plan.units.size(), 12u);
    for (std::int64_t row = 0; row < 12; ++row) {
        const PlanUnit& unit = plan.units[static_cast<std::size_t>(row)];
        const bool repeats_the_first_matrix = unit.matrix == 2;
        EXPECT_EQ(unit.canonical_row, repeats_the_first_matrix ? row - 6 : row);
        EXPECT_EQ(unit.reference, row - row % 3);
    }
}

}  // namespace
}  // namespace specsweep::sweep
