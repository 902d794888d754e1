#include "run/pending_units.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "checkpoint/content_digest.hpp"
#include "cost/cost_model.hpp"
#include "cost/group_solver.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::run {
namespace {

/// One group of all ranks for all tests: made once, kept, as a run does.
spectrum::RankGroup& everybody()
{
    static spectrum::RankGroup* const group = [] {
        mpi::Communicator comm = mpi::Communicator::world().duplicate();
        const int ranks = comm.size();
        return new spectrum::RankGroup(std::move(comm), linalg::GridShape{1, ranks});  // lives as long as MPI
    }();
    return *group;
}

std::vector<float> gaussian(std::int64_t rows, std::int64_t cols, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(static_cast<std::size_t>(rows * cols));
    for (float& value : values)
        value = normal(random);
    return values;
}

/// A plan, as far as units need it, of matrices in files of this rank: each unquantized and quantized, for one group.
class GroupPlan {
public:
    explicit GroupPlan(int units_with_memory) : units_with_memory_(units_with_memory)
    {
        plan_.quantizers = {"reference", "int:block=32"};
        plan_.checkpoints.push_back({"model", 0, "model", "gpt2"});
    }

    void add(std::string name, std::int64_t rows, std::int64_t cols, std::span<const float> values)
    {
        SafetensorsWriter writer;
        writer.add(name, DType::f32, {rows, cols}, values);
        const auto file = folder_ / (name + ".safetensors");
        writer.write(file);
        const auto bytes = static_cast<std::int64_t>(values.size_bytes());
        sweep::PlanMatrix matrix;
        matrix.matrix.name = name;
        matrix.matrix.slice = checkpoint::Slice::whole(rows, cols);
        matrix.location = {name,  file,       static_cast<std::int64_t>(std::filesystem::file_size(file)) - bytes,
                           bytes, DType::f32, {rows, cols}};
        matrix.content_digest = checkpoint::content_digest(matrix.location);
        matrix.solver = cost::GroupSolver{"gram-band", 1, everybody().comm.size(), 32}.text();
        matrix.predicted_bytes = cost::predicted_bytes(rows, cols, matrix.solver) +
                                 (units_with_memory_ - 1) * cost::pending_bytes(rows, cols);
        const auto row = static_cast<std::int32_t>(plan_.matrices.size());
        plan_.matrices.push_back(std::move(matrix));
        for (const std::int32_t quantizer : {0, 1}) {
            sweep::PlanUnit unit;
            unit.matrix = row;
            unit.quantizer = quantizer;
            unit.solver = plan_.matrices.back().solver;
            unit.predicted_seconds = 3600;
            tasks_.push_back({.unit_row = std::ssize(plan_.units), .seconds = 3600, .ranks = everybody().comm.size()});
            plan_.units.push_back(std::move(unit));
        }
    }

    const sweep::Plan& plan() const { return plan_; }
    const std::vector<Task>& tasks() const { return tasks_; }

private:
    TemporaryFolder folder_;
    int units_with_memory_;
    sweep::Plan plan_;
    std::vector<Task> tasks_;
};

/// Two that are ordinary, one that ends on the accurate path, one that is zero, one that cannot be computed.
void add_matrices(GroupPlan& plan)
{
    plan.add("tall", 600, 200, gaussian(600, 200, 1));
    std::vector<float> graded = gaussian(300, 150, 2);
    for (std::size_t i = 0; i < graded.size(); ++i)
        graded[i] *= std::pow(10.0F, -7.0F * static_cast<float>(i % 150) / 150.0F);
    plan.add("graded", 300, 150, graded);
    std::vector<float> spoiled = gaussian(400, 120, 3);
    spoiled[380 * 120 + 7] = std::numeric_limits<float>::quiet_NaN();
    plan.add("spoiled", 400, 120, spoiled);
    plan.add("zero", 90, 40, std::vector<float>(90 * 40, 0.0F));
    plan.add("wide", 130, 700, gaussian(130, 700, 4));
}

using Results = std::map<std::int64_t, results::UnitResult>;

/// All units of the plan; `most`: the most that were pending together, at most `limit`.
Results compute(const GroupPlan& plan, int limit, int& most)
{
    measure::UnitMeter meter;
    PendingUnits pending(plan.plan(), everybody(), meter);
    Results results;
    int begun = 0;
    const auto complete = [&] {
        const auto keep = [&](const Task& task, results::UnitResult result, double) {
            results.emplace(task.unit_row, std::move(result));
        };
        pending.complete(keep, [] { return true; });
        begun = 0;
    };
    most = 0;
    for (const Task& task : plan.tasks()) {
        if (begun == limit || !pending.has_room_for(task))
            complete();
        pending.begin(task);
        most = std::max(most, ++begun);
    }
    complete();
    return results;
}

bool equal(double a, double b)
{
    return a == b || (std::isnan(a) && std::isnan(b));
}

void expect_equal_bits(const results::UnitResult& a, const results::UnitResult& b)
{
    EXPECT_EQ(a.state, b.state);
    EXPECT_EQ(a.reason, b.reason);
    EXPECT_EQ(a.method, b.method);
    EXPECT_EQ(a.sigma, b.sigma);
    EXPECT_EQ(a.error, b.error);
    EXPECT_TRUE(equal(a.moments.frobenius_squared, b.moments.frobenius_squared));
    EXPECT_TRUE(equal(a.moments.weight_max, b.moments.weight_max));
    EXPECT_TRUE(equal(a.moments.inner_product, b.moments.inner_product));
    EXPECT_TRUE(equal(a.moments.error_frobenius_squared, b.moments.error_frobenius_squared));
    EXPECT_TRUE(equal(a.moments.error_column_sum_max, b.moments.error_column_sum_max));
    EXPECT_TRUE(equal(a.moments.error_spectral_low, b.moments.error_spectral_low));
    EXPECT_TRUE(equal(a.moments.error_spectral_high, b.moments.error_spectral_high));
}

TEST(PendingUnits, ComeOutAsIfEachHadBeenAlone)
{
    GroupPlan plan(16);
    add_matrices(plan);
    int most_alone = 0, most_together = 0;
    const Results alone = compute(plan, 1, most_alone), together = compute(plan, 100, most_together);
    EXPECT_EQ(most_alone, 1);
    EXPECT_EQ(most_together, everybody().comm.size());
    ASSERT_EQ(alone.size(), together.size());
    if (!everybody().comm.is_root())
        return;
    for (const auto& [row, result] : alone) {
        SCOPED_TRACE(row);
        expect_equal_bits(result, together.at(row));
        const sweep::PlanUnit& unit = plan.plan().units[static_cast<std::size_t>(row)];
        const std::string& name = plan.plan().matrices[static_cast<std::size_t>(unit.matrix)].matrix.name;
        EXPECT_EQ(result.state, name == "spoiled" ? results::UnitState::failed : results::UnitState::done) << name;
        if (name == "spoiled") {
            EXPECT_NE(result.reason.find("[380,7]"), std::string::npos) << result.reason;
        } else if (name == "graded" && unit.quantizer == 0) {
            EXPECT_EQ(result.method, "qr-scalapack");
        } else if (name == "tall" || name == "wide") {
            EXPECT_EQ(result.method, "gram-band");
        }
    }
}

/// The accurate path comes last and only if wanted; what does not need it is done all the same.
TEST(PendingUnits, LeaveTheAccuratePathUndoneWhereTheRunStops)
{
    GroupPlan plan(16);
    add_matrices(plan);
    measure::UnitMeter meter;
    for (const int wanted : {0, 1}) {
        PendingUnits pending(plan.plan(), everybody(), meter);
        for (const Task& task : plan.tasks())
            pending.begin(task);
        std::vector<std::int64_t> done;
        int asked = 0;
        pending.complete([&](const Task& task, const results::UnitResult&, double) { done.push_back(task.unit_row); },
                         [&] { return asked++ < wanted; });
        EXPECT_EQ(asked, wanted + 1);
        std::vector<std::int64_t> expected{0, 1, 4, 5, 6, 7, 8, 9};  // rows 2 and 3 are `graded`
        if (wanted == 1)
            expected.push_back(2);
        EXPECT_EQ(done, expected);
    }
}

TEST(PendingUnits, TakeTheMemoryThatThePlanCounted)
{
    const int ranks = everybody().comm.size();
    for (const int with_memory : {1, 2, 3}) {
        GroupPlan plan(with_memory);
        plan.add("a", 60, 40, gaussian(60, 40, 5));
        plan.add("b", 60, 40, gaussian(60, 40, 6));
        int most = 0;
        compute(plan, 100, most);
        EXPECT_EQ(most, std::min(with_memory, ranks));
    }
}

TEST(PendingUnits, SayWhatTheyStillTake)
{
    GroupPlan plan(2);
    plan.add("small", 60, 40, gaussian(60, 40, 5));
    measure::UnitMeter meter;
    PendingUnits pending(plan.plan(), everybody(), meter);
    EXPECT_EQ(pending.seconds_left(1), 0);
    const double predicted = plan.tasks()[0].seconds / plan.tasks()[0].ranks;
    pending.begin(plan.tasks()[0]);
    EXPECT_LT(pending.seconds_left(1), predicted);
    EXPECT_GT(pending.seconds_left(1), predicted - 60);  // it took less than a minute to begin it
    EXPECT_NEAR(pending.seconds_left(3) - pending.seconds_left(1), 2 * predicted, 1e-6 * predicted);
    double seconds = 0;
    pending.complete([&](const Task&, const results::UnitResult&, double taken) { seconds = taken; },
                     [] { return true; });
    EXPECT_GT(seconds, 0);
    EXPECT_EQ(pending.seconds_left(1), 0);
}

}  // namespace
}  // namespace specsweep::run
