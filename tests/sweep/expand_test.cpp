#include "sweep/expand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.hpp"
#include "sweep/summary.hpp"
#include "synthetic.hpp"

namespace specsweep::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<SyntheticMatrix> one{{"up"}};
const std::vector<SyntheticMatrix> two{{"up"}, {"query", checkpoint::Role::attention_query, 48, 48}};

std::string problem(const std::string& text, const std::vector<SyntheticMatrix>& matrices = one)
{
    try {
        synthetic_plan(text, 1, matrices);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "accepted";
}

std::vector<std::string> steps_of(const Plan& plan)
{
    std::vector<std::string> result;
    for (const ExpansionStep& step : plan.steps)
        result.push_back(step.name + " " + std::to_string(step.points));
    return result;
}

TEST(Expand, EveryMatrixHasItsReferenceFirst)
{
    EXPECT_THAT(points_of(synthetic_plan("quantizers: [nvfp4, int]", 1, two)),
                ElementsAre("up reference", "up nvfp4", "up int", "query reference", "query nvfp4", "query int"));
    EXPECT_THAT(points_of(synthetic_plan("# no quantizers", 1, one)), ElementsAre("up reference"));
    EXPECT_THAT(points_of(synthetic_plan("quantizers: reference", 1, one)), ElementsAre("up reference"));
}

TEST(Expand, FollowsTheFixedOrderAndCountsEveryStep)
{
    const Plan plan = synthetic_plan(R"(
quantizers:
  - {format: int, bits: [2, 4, 8], block: [16, 32], scheme: [symmetric, asymmetric]}
  - {format: uniform, bits: [4, 8], block: [16, 32], zip: [bits, block]}
exclude: ["format == int and bits == 2", "scheme == asymmetric and role == mlp_up"]
include: ["int:bits=2", "int:bits=4,block=16"]
)",
                                     1, two);
    EXPECT_THAT(steps_of(plan), ElementsAre("matrices 2", "product 32", "zip 28", "exclude 16", "include 20",
                                            "derive 20", "deduplicate 18", "with references 20"));
    const PlanSummary summary = summarize(plan);
    EXPECT_EQ(summary.units, 20);
    EXPECT_EQ(summary.references, 2);
}

TEST(Expand, ExcludeRulesAreNamedForEveryPointTheyDrop)
{
    const Plan plan = synthetic_plan(
        "quantizers: [{format: int, bits: [2, 4]}]\nexclude: ['bits == 2', 'bits == 4 and rows > 50']", 1, two);
    EXPECT_THAT(points_of(plan), ElementsAre("up reference", "query reference", "query int"));
    ASSERT_EQ(plan.dropped.size(), 2u);
    EXPECT_EQ(plan.dropped[0].rule, "exclude[0]: bits == 2");
    EXPECT_EQ(plan.dropped[0].quantizer, "int:bits=2");
    EXPECT_EQ(plan.dropped[0].matrix, "");
    EXPECT_EQ(plan.dropped[1].matrix, "up");
    EXPECT_EQ(plan.dropped[1].rule, "exclude[1]: bits == 4 and rows > 50");
    EXPECT_THAT(explain(plan), AllOf(HasSubstr("every matrix  int:bits=2  (exclude[0]"), HasSubstr("model0 up  int")));
}

TEST(Expand, IncludeBringsBackWhatExcludeTookOut)
{
    EXPECT_THAT(points_of(synthetic_plan("quantizers: [{format: int, bits: [2, 4]}]\nexclude: ['bits < 9']\n"
                                         "include: [{format: int, bits: 2, matrices: {roles: mlp_up}}]",
                                         1, two)),
                ElementsAre("up reference", "up int:bits=2", "query reference"));
}

TEST(Expand, DuplicatesMergeByCanonicalText)
{
    const Plan plan =
        synthetic_plan("quantizers: [int, 'int:bits=4', 'int:block=channel,bits=4', {format: int, bits: 4}]", 1, one);
    EXPECT_THAT(points_of(plan), ElementsAre("up reference", "up int"));
    EXPECT_EQ(plan.dropped.size(), 3u);
    EXPECT_EQ(plan.dropped[0].rule, "deduplicate: int");
}

TEST(Expand, AQuantizerMayBeForSomeRolesOnly)
{
    EXPECT_THAT(
        points_of(synthetic_plan("quantizers: [nvfp4, {format: int, bits: 8, matrices: {roles: mlp_up}}]", 1, two)),
        ElementsAre("up reference", "up nvfp4", "up int:bits=8", "query reference", "query nvfp4"));
}

TEST(Expand, ParametersMayFollowFromTheMatrix)
{
    const Plan plan = synthetic_plan(
        "derive: {half: cols / 2, quarter: half / 2}\nquantizers: [{format: int, derive: {block: quarter}}, nvfp4]", 1,
        {{"a", checkpoint::Role::mlp_up, 64, 128}, {"b", checkpoint::Role::mlp_up, 64, 256}});
    EXPECT_THAT(points_of(plan),
                ElementsAre("a reference", "a int:block=32", "a nvfp4", "b reference", "b int:block=64", "b nvfp4"));
    EXPECT_THAT(plan.quantizers, ElementsAre("reference", "int:block=32", "int:block=64", "nvfp4"));
}

TEST(Expand, ADerivedParameterWithoutAValueOrWithAnImpossibleOneIsAnError)
{
    EXPECT_THAT(problem("quantizers: [{format: int, derive: {block: cols / (rows - 64)}}]"),
                AllOf(HasSubstr("m.yaml:2:14"), HasSubstr("has no value for the matrix up")));
    EXPECT_THAT(problem("quantizers: [{format: int, derive: {block: cols / 7}}]"), HasSubstr("m.yaml:2:14"));
}

TEST(Expand, AnImpossibleCombinationIsAnErrorUnlessARuleTakesItOut)
{
    const std::string quantizers = "quantizers: [{format: [int, nvfp4], block: [16, 1x16], bits: [4]}]\n";
    EXPECT_THAT(problem(quantizers), HasSubstr("m.yaml:2:14"));
    EXPECT_EQ(problem(quantizers + "exclude: ['format == nvfp4']"), "accepted");
}

TEST(Expand, ABillionBillionPointsAreRefusedWithTheCountBeforeTheyAreMade)
{
    std::string values;
    for (int i = 0; i < 1000; ++i)
        values += (i == 0 ? "" : ", ") + std::to_string(8 + i);
    std::string axes = "quantizers:\n";
    for (int i = 0; i < 200; ++i)
        axes += "  - {format: int, block: [" + values +
                "], bits: [2, 3, 4, 5, 6, 7, 8], scheme: [symmetric, asymmetric], scale: [fp32, fp16, bf16]}\n";
    EXPECT_THAT(problem(axes, {{"a"}, {"b"}}), AllOf(HasSubstr("has 16,800,000 points"), HasSubstr("zip axes")));
}

TEST(Expand, AMatrixThatDoesNotFitSaysWhatWould)
{
    EXPECT_THAT(problem("quantizers: int", {{"wide", checkpoint::Role::mlp_up, 300000, 300000}}),
                AllOf(HasSubstr("model0, wide"), HasSubstr("300000 x 300000"), HasSubstr("--memory-per-rank 722")));
}

TEST(Expand, PredictsMoreForAQuantizedUnitThanForItsReference)
{
    const Plan plan = synthetic_plan("quantizers: nvfp4", 1, one);
    EXPECT_GT(plan.units[0].predicted_seconds, 0);
    EXPECT_GT(plan.units[1].predicted_seconds, plan.units[0].predicted_seconds);
    EXPECT_EQ(plan.units[0].bits_per_weight, 16);
    EXPECT_NEAR(plan.units[1].bits_per_weight, 4.5, 0.1);
    EXPECT_EQ(plan.units[0].solver, "gram-two-stage");
    EXPECT_GT(plan.matrices[0].predicted_bytes, 8 * 48 * 48);
}

TEST(Expand, GrowingAManifestKeepsAllIds)
{
    const Plan small = synthetic_plan("quantizers: [{format: int, bits: [3, 4]}]", 2, two);
    const Plan grown = synthetic_plan(
        "quantizers: [nvfp4, {format: int, bits: [2, 3, 4, 8], block: [channel, 16]}]\nshards: {count: 3}", 3, two);
    std::set<std::string> ids;
    for (const PlanUnit& unit : grown.units)
        ids.insert(unit.id);
    EXPECT_EQ(ids.size(), grown.units.size());
    for (const PlanUnit& unit : small.units)
        EXPECT_TRUE(ids.contains(unit.id));
}

/// Size law of the product: matrices × (1 + Π axis lengths), whatever the lengths.
TEST(Expand, TheNumberOfUnitsIsTheProductOfTheAxes)
{
    const std::vector<std::string> bits{"2", "3", "4"}, blocks{"16", "32", "64"};
    for (std::size_t b = 1; b <= bits.size(); ++b)
        for (std::size_t g = 1; g <= blocks.size(); ++g)
            for (int checkpoints = 1; checkpoints <= 3; ++checkpoints) {
                std::string text = "quantizers: [{format: int, bits: [2";
                for (std::size_t i = 1; i < b; ++i)
                    text += "," + bits[i];
                text += "], block: [16";
                for (std::size_t i = 1; i < g; ++i)
                    text += "," + blocks[i];
                text += "]}]";
                EXPECT_EQ(synthetic_plan(text, checkpoints, two).units.size(),
                          static_cast<std::size_t>(checkpoints) * 2 * (1 + b * g));
            }
}

}  // namespace
}  // namespace specsweep::sweep
