#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "diagonal_sweep.hpp"

namespace specsweep::verdicts {
namespace {

/// ‖E‖_F and ‖E‖₂ differ for errors of several equal entries: the source's sum, made of the former, then exceeds the
/// telescoped bound, which proves it.
TEST(ChainClaims, PropagationIsProvenWhereTheTelescopedBoundIsBelowTheSourcesSum)
{
    const std::vector<double> up{1, 0.5, 0.5, 0.5};
    const std::vector<double> down{3, 1, 1, 1};
    Sweep sweep;
    sweep.add_matrix(up, "mlp_up");
    sweep.add_unit("nf4", {1.25, 0.75, 0.75, 0.75});  // ‖E‖₂ = 1/4, ‖E‖_F = 1/2
    sweep.add_matrix(down, "mlp_down");
    sweep.add_unit("nf4", {3.5, 1.5, 1.5, 1.5});  // twice as much
    const auto claim = of_claim(sweep.evaluate(), "propagation");
    EXPECT_EQ(claim.at("unit 3").verdict, Verdict::holds);
    EXPECT_NEAR(claim.at("unit 3").left, 1.129 * (3 * 0.25 + 0.5 * 1.25), 1e-12);
    EXPECT_NEAR(claim.at("unit 3").right, 3 * 0.5 + 1, 1e-12);
    EXPECT_FALSE(claim.contains("unit 1"));
    EXPECT_TRUE(claim.contains("role=mlp_down quantizer=nf4"));
}

/// One entry of error: ‖E‖_F = ‖E‖₂, and the source leaves out that the first layer doubles what the second receives.
TEST(ChainClaims, PropagationIsNotDecidedWhereTheTelescopedBoundIsAboveTheSourcesSum)
{
    Sweep sweep;
    sweep.add_matrix({2, 1}, "mlp_up");
    sweep.add_unit("nf4", {2, 1.5});
    sweep.add_matrix({3, 1}, "mlp_down");
    sweep.add_unit("nf4", {3, 1.25});
    const auto claim = of_claim(sweep.evaluate(), "propagation");
    EXPECT_EQ(claim.at("unit 3").verdict, Verdict::not_testable);
    EXPECT_NEAR(claim.at("unit 3").left, 1.129 * (3 * 0.5 + 0.25 * 2), 1e-12);
    EXPECT_NEAR(claim.at("unit 3").right, 3 * 0.5 + 0.25, 1e-12);
    EXPECT_THAT(claim.at("unit 3").note, testing::HasSubstr("neither proven nor refuted"));
    const auto telescoped = of_claim(sweep.evaluate(), "propagation-telescoped").at("unit 3");
    EXPECT_EQ(telescoped.verdict, Verdict::holds);
    EXPECT_NEAR(telescoped.right, 1.129 * (3 * 0.5 + 0.25 * 2), 1e-12);
    EXPECT_NEAR(telescoped.left, std::hypot(std::sqrt(10) * 0.5, 0.25 * std::sqrt(4 + 2.25)) / 2, 1e-12);
}

/// f = W_d(φ(W_g x) ⊙ W_u x), every matrix 1 × 1: the two sides by hand.
TEST(ChainClaims, PropagationOfAGatedChainHasTheThirdMatrix)
{
    Sweep sweep;
    sweep.contents.checkpoints = {{"model", -1, "qwen2"}};
    sweep.add_matrix({5}, "mlp_gate");
    sweep.add_unit("nf4", {5.5});
    sweep.add_matrix({2}, "mlp_up");
    sweep.add_unit("nf4", {2.25});
    sweep.add_matrix({3}, "mlp_down");
    sweep.add_unit("nf4", {3.125});
    const auto telescoped = of_claim(sweep.evaluate(), "propagation-telescoped").at("unit 5");
    EXPECT_NEAR(telescoped.right, 1.129 * (3 * (0.5 * 2 + 5.5 * 0.25) + 0.125 * 5.5 * 2.25), 1e-12);
    EXPECT_NEAR(of_claim(sweep.evaluate(), "propagation").at("unit 5").right, 3 * (0.5 + 0.25) + 0.125, 1e-12);
}

TEST(ChainClaims, PropagationSaysWhatOfTheChainIsMissing)
{
    for (const auto& [model_type, word] : {std::pair("gpt2", "up projection"), std::pair("llama", "up projection"),
                                           std::pair("gpt_oss", "not declared")}) {
        Sweep sweep;
        sweep.contents.checkpoints = {{"model", -1, model_type}};
        sweep.add_matrix({3, 1}, "mlp_down");
        sweep.add_unit("nf4", {3, 1.25});
        const auto claim = of_claim(sweep.evaluate(), "propagation").at("unit 1");
        EXPECT_EQ(claim.verdict, Verdict::not_testable);
        EXPECT_THAT(claim.note, testing::HasSubstr(word));
    }
    Sweep without_gate;
    without_gate.contents.checkpoints = {{"model", -1, "llama"}};
    without_gate.add_matrix({2, 1}, "mlp_up");
    without_gate.add_unit("nf4", {2, 1.5});
    without_gate.add_matrix({3, 1}, "mlp_down");
    without_gate.add_unit("nf4", {3, 1.25});
    EXPECT_THAT(of_claim(without_gate.evaluate(), "propagation").at("unit 3").note,
                testing::HasSubstr("gate projection"));
}

}  // namespace
}  // namespace specsweep::verdicts
