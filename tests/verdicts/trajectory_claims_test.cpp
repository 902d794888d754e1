#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "diagonal_sweep.hpp"

namespace specsweep::verdicts {
namespace {

/// Steps of one matrix: what it is before and after quantization, diag(4, second).
class Training : public Sweep {
public:
    Training() { contents.checkpoints.clear(); }
    void step(std::int64_t step, double second, double quantized)
    {
        contents.checkpoints.push_back({"run", step, "gpt2"});
        add_matrix({4, second});
        contents.matrices.back().name = "w";
        add_unit("nf4", {4, quantized});
    }
};

TEST(TrajectoryClaims, ATrajectoryIsJudgedOnceAtItsLastStep)
{
    Training run;
    run.step(0, 1, 1.1);
    run.step(10, 3, 3.5);
    run.step(100, 2, 2.2);
    run.step(3000, 1, 1.05);
    const results::VerdictTable table = run.evaluate();
    const auto rises = of_claim(table, "stable-rank-rises-early");
    EXPECT_EQ(rises.at("unit 7").verdict, Verdict::holds);
    EXPECT_NEAR(rises.at("unit 7").left, 1 + 2.2 * 2.2 / 16, 1e-12);
    EXPECT_NEAR(rises.at("unit 7").right, 1 + 1.1 * 1.1 / 16, 1e-12);
    EXPECT_FALSE(rises.contains("unit 5"));
    const auto falls = of_claim(table, "stable-rank-falls-late").at("unit 7");
    EXPECT_EQ(falls.verdict, Verdict::holds);
    EXPECT_NEAR(falls.right, 1 + 1.05 * 1.05 / 16, 1e-12);
    const auto flattens = of_claim(table, "flattening-early").at("unit 7");
    EXPECT_EQ(flattens.verdict, Verdict::holds);
    EXPECT_NEAR(flattens.left, (1 + 2.2 * 2.2 / 16) / (1 + 4.0 / 16) - 1, 1e-12);
    EXPECT_NEAR(flattens.right, ((1 + 1.05 * 1.05 / 16) / (1 + 1.0 / 16) - 1) / 2, 1e-12);
}

TEST(TrajectoryClaims, ATrajectoryCanContradictTheSource)
{
    Training run;
    run.step(0, 3, 3.1);
    run.step(50, 1, 1.001);
    run.step(500, 2, 2.2);
    const results::VerdictTable table = run.evaluate();
    EXPECT_EQ(of_claim(table, "stable-rank-rises-early").at("unit 5").verdict, Verdict::violated);
    EXPECT_EQ(of_claim(table, "stable-rank-falls-late").at("unit 5").verdict, Verdict::violated);
    EXPECT_EQ(of_claim(table, "flattening-early").at("unit 5").verdict, Verdict::violated);
}

TEST(TrajectoryClaims, ATrajectoryWithoutTheStepsOfTheSourceIsNotTestable)
{
    Training late;
    late.step(1000, 1, 1.1);
    late.step(2000, 2, 2.2);
    EXPECT_EQ(of_claim(late.evaluate(), "flattening-early").at("unit 3").verdict, Verdict::not_testable);
    EXPECT_EQ(of_claim(late.evaluate(), "stable-rank-rises-early").at("unit 3").verdict, Verdict::not_testable);
    Training lower;  // quantization lowers the stable rank at the end
    lower.step(100, 1, 1.1);
    lower.step(1000, 2, 1.9);
    EXPECT_THAT(of_claim(lower.evaluate(), "flattening-early").at("unit 3").note,
                testing::HasSubstr("does not flatten"));
    Training failed;
    failed.step(0, 1, 1.1);
    failed.step(100, 1, 1.2);
    failed.fail_last();
    EXPECT_TRUE(of_claim(failed.evaluate(), "stable-rank-rises-early").empty());
    Sweep no_steps;
    no_steps.add_matrix({4, 1});
    no_steps.add_unit("nf4", {4, 2});
    EXPECT_TRUE(of_claim(no_steps.evaluate(), "flattening-early").empty());
}

}  // namespace
}  // namespace specsweep::verdicts
