#include "verdicts/evaluate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "metrics/columns.hpp"
#include "results/derive.hpp"
#include "verdicts/claim.hpp"

namespace specsweep::verdicts {
namespace {

using results::UnitResult;

/// Diagonal matrices, so that spectra and moments are known by hand; evaluated as an aggregate would be.
class Sweep {
public:
    Sweep()
    {
        contents.header.tolerance = 1e-4;
        contents.checkpoints = {{"model", -1, "gpt2"}};
        contents.quantizers = {"reference"};
    }

    void add_matrix(const std::vector<double>& diagonal, const std::string& role = "mlp_up")
    {
        results::MatrixRow matrix;
        matrix.name = "m" + std::to_string(contents.matrices.size());
        matrix.role = role;
        matrix.checkpoint = std::ssize(contents.checkpoints) - 1;
        matrix.block_index = 0;
        matrix.rows = matrix.cols = std::ssize(diagonal);
        contents.matrices.push_back(matrix);
        reference_ = std::ssize(contents.units);
        diagonal_ = diagonal;
        UnitResult unit = made(diagonal);
        unit.moments.weight_min = *std::min_element(diagonal.begin(), diagonal.end());
        unit.moments.weight_max = *std::max_element(diagonal.begin(), diagonal.end());
        unit.moments.absolute_sum = 0;
        for (const double w : diagonal)
            unit.moments.absolute_sum += std::abs(w);
        add(0, std::move(unit));
    }

    void add_unit(const std::string& quantizer, const std::vector<double>& decoded)
    {
        auto known = std::find(contents.quantizers.begin(), contents.quantizers.end(), quantizer);
        if (known == contents.quantizers.end())
            known = contents.quantizers.insert(known, quantizer);
        UnitResult unit = made(decoded);
        results::Moments& moments = unit.moments;
        moments.error_column_sum_max = moments.error_row_sum_max = 0;
        for (std::size_t i = 0; i < decoded.size(); ++i) {
            const double e = decoded[i] - diagonal_[i];
            moments.inner_product += diagonal_[i] * e;
            moments.error_frobenius_squared += e * e;
            moments.error_max = std::max(moments.error_max, std::abs(e));
        }
        moments.error_column_sum_max = moments.error_row_sum_max = moments.error_spectral_low =
            moments.error_spectral_high = moments.error_max;
        moments.forward_error_rms = moments.forward_error_worst = std::sqrt(
            moments.error_frobenius_squared / held_[static_cast<std::size_t>(reference_)].moments.frobenius_squared);
        add(known - contents.quantizers.begin(), std::move(unit));
    }

    results::VerdictTable evaluate() const
    {
        results::UnitColumns columns(held_.size());
        results::DerivedColumns derived;
        derived.values.assign(metrics::columns().size(), {});
        for (std::size_t row = 0; row < held_.size(); ++row) {
            columns.states[row] = static_cast<std::uint8_t>(held_[row].state);
            columns.moments[row] = held_[row].moments;
            const auto reference = static_cast<std::size_t>(contents.units[row].reference);
            const auto values = results::derive(contents.matrix_of(static_cast<std::int64_t>(row)), contents.header,
                                                held_[row], reference == row ? nullptr : &held_[reference]);
            for (std::size_t c = 0; c < values.size(); ++c)
                derived.values[c].push_back(values[c].has_value() ? *values[c] : std::nan(""));
        }
        return verdicts::evaluate(contents, columns, derived);
    }

    UnitResult& last() { return held_.back(); }
    void fail_last() { last().state = results::UnitState::failed; }

    results::Contents contents;

private:
    static UnitResult made(const std::vector<double>& diagonal)
    {
        UnitResult unit;
        unit.state = results::UnitState::done;
        for (const double d : diagonal) {
            unit.sigma.push_back(std::abs(d));
            unit.moments.frobenius_squared += d * d;
        }
        std::sort(unit.sigma.rbegin(), unit.sigma.rend());
        unit.error.assign(diagonal.size(), 0.0);
        return unit;
    }

    void add(std::int64_t quantizer, UnitResult unit)
    {
        results::UnitRow row;
        row.id = std::to_string(contents.units.size());
        row.matrix = std::ssize(contents.matrices) - 1;
        row.quantizer = quantizer;
        row.reference = reference_;
        row.sigma_count = std::ssize(unit.sigma);
        contents.units.push_back(row);
        held_.push_back(std::move(unit));
    }

    std::int64_t reference_ = 0;
    std::vector<double> diagonal_;
    std::vector<UnitResult> held_;
};

struct Found {
    Verdict verdict;
    double left, right;
    std::string note;
};

/// Rows of a claim by scope; those of units as "unit 3".
std::map<std::string, Found> of_claim(const results::VerdictTable& table, std::string_view claim)
{
    std::map<std::string, Found> found;
    for (const results::VerdictRow& row : table.rows) {
        if (table.claims[static_cast<std::size_t>(row.claim)].name != claim)
            continue;
        std::string scope = table.scopes[static_cast<std::size_t>(row.scope)];
        if (row.unit >= 0)
            scope += " " + std::to_string(row.unit);
        found[scope] = {static_cast<Verdict>(row.verdict), row.left, row.right,
                        table.notes[static_cast<std::size_t>(row.note)]};
    }
    return found;
}

TEST(Evaluate, EveryClaimHasAPlaceAndANameOfItsOwn)
{
    std::map<std::string_view, int> names;
    for (const Claim& claim : claims()) {
        EXPECT_EQ(++names[claim.name], 1) << claim.name;
        EXPECT_FALSE(claim.statement.empty());
        EXPECT_FALSE(claim.source.empty());
        EXPECT_EQ(claim.judge_group != nullptr, claim.subject == Subject::quantizer) << claim.name;
        EXPECT_EQ(!claim.reason.empty(), claim.subject == Subject::sweep) << claim.name;
        EXPECT_EQ(claim.judge != nullptr, claim.subject != Subject::quantizer && claim.subject != Subject::sweep);
    }
}

TEST(Evaluate, WeylIsTightForAChangeOfOneValue)
{
    Sweep sweep;
    sweep.add_matrix({4, 2, 1});
    sweep.add_unit("int:bits=2", {4, 2, 1.5});
    const auto weyl = of_claim(sweep.evaluate(), "weyl");
    EXPECT_EQ(weyl.at("unit 1").verdict, Verdict::holds);
    EXPECT_NEAR(weyl.at("unit 1").left, 0.5, 1e-15);
    EXPECT_NEAR(weyl.at("unit 1").right, 0.5, 1e-14);
    EXPECT_EQ(weyl.at("all").right, 1);
    EXPECT_EQ(weyl.at("quantizer=int:bits=2").verdict, Verdict::holds);
    EXPECT_TRUE(weyl.contains("role=mlp_up quantizer=int:bits=2"));
    EXPECT_TRUE(weyl.contains("checkpoint=model"));
    EXPECT_FALSE(weyl.contains("unit 0"));  // a reference
}

/// With one singular value the two sides of every inequality are equal: roundings must not break a theorem.
TEST(Evaluate, TheoremsHoldForASingleValue)
{
    for (int i = 1; i < 200; ++i) {
        Sweep sweep;
        sweep.add_matrix({1.0 / i});
        sweep.add_unit("int:bits=2", {std::sqrt(2.0) / (i + 3)});
        const results::VerdictTable table = sweep.evaluate();
        for (const char* claim : {"weyl", "mirsky", "forward-error-worst-case"})
            EXPECT_EQ(of_claim(table, claim).at("unit 1").verdict, Verdict::holds) << claim << " " << i;
    }
}

/// Two matrices that differ by less than the bounds of their spectra: what the solvers lose is no broken theorem.
TEST(Evaluate, MirskyAllowsWhatTheBoundsAllow)
{
    Sweep sweep;
    sweep.add_matrix({4, 2, 1});
    sweep.add_unit("int:bits=2", {4, 2, 1 + 1e-13});
    UnitResult& changed = sweep.last();
    for (std::size_t k = 0; k < 3; ++k) {
        changed.error[k] = 1e-11;
        changed.sigma[k] += 0.9e-11;
    }
    EXPECT_NE(of_claim(sweep.evaluate(), "mirsky").at("unit 1").verdict, Verdict::violated);
    changed.error = {0, 0, 0};
    EXPECT_EQ(of_claim(sweep.evaluate(), "mirsky").at("unit 1").verdict, Verdict::violated);
}

TEST(Evaluate, StableRankCanRiseAndFall)
{
    Sweep sweep;
    sweep.add_matrix({4, 2, 1});
    sweep.add_unit("int:bits=2", {4, 3, 1});
    sweep.add_unit("uniform", {4, 1, 1});
    sweep.add_unit("nf4", {4, 2, 1});
    const auto rise = of_claim(sweep.evaluate(), "stable-rank-increases");
    EXPECT_EQ(rise.at("unit 1").verdict, Verdict::holds);
    EXPECT_EQ(rise.at("unit 2").verdict, Verdict::violated);
    EXPECT_EQ(rise.at("unit 3").verdict, Verdict::not_testable);
    EXPECT_EQ(rise.at("all").verdict, Verdict::violated);
    EXPECT_EQ(rise.at("all").left, 1);
    EXPECT_EQ(rise.at("all").right, 2);
    EXPECT_THAT(rise.at("all").note, testing::HasSubstr("holds 1, violated 1, vacuous 0, not testable 1"));
}

TEST(Evaluate, UnitsThatFailedAreNotCounted)
{
    Sweep sweep;
    sweep.add_matrix({4, 2, 1});
    sweep.add_unit("uniform", {4, 3, 1});
    sweep.fail_last();
    EXPECT_TRUE(of_claim(sweep.evaluate(), "weyl").empty());
}

/// κ = 1000 > 2² and an error of 1/4: the implication is false. κ = 4 does not meet the premise of b = 2.
TEST(Evaluate, AConditionNumberAloneFailsNothing)
{
    Sweep sweep;
    sweep.add_matrix({1, 0.001});
    sweep.add_unit("int:bits=2", {0.75, 0.001});
    sweep.add_matrix({1, 0.25});
    sweep.add_unit("int:bits=2", {0.2, 0.25});
    sweep.add_matrix({1, 0.001});
    sweep.add_unit("int:bits=2", {0.2, 0.001});
    const auto lock = of_claim(sweep.evaluate(), "condition-lock");
    EXPECT_EQ(lock.at("unit 1").verdict, Verdict::violated);
    EXPECT_NEAR(lock.at("unit 1").left, 1000, 1e-9);
    EXPECT_EQ(lock.at("unit 1").right, 4);
    EXPECT_EQ(lock.at("unit 3").verdict, Verdict::not_testable);
    EXPECT_EQ(lock.at("unit 5").verdict, Verdict::holds);
}

/// One element: α = |w|, and nothing is lost.
TEST(Evaluate, ABinaryAlphaThatIsNotTheMeanIsAViolation)
{
    Sweep sweep;
    sweep.add_matrix({3});
    sweep.add_unit("binary", {3});
    sweep.add_matrix({3});
    sweep.add_unit("binary", {2});
    const auto claim = of_claim(sweep.evaluate(), "binary-alpha");
    EXPECT_EQ(claim.at("unit 1").verdict, Verdict::holds);
    EXPECT_EQ(claim.at("unit 3").verdict, Verdict::violated);
    EXPECT_EQ(claim.at("unit 3").left, 1);
    EXPECT_EQ(claim.at("unit 3").right, 0);
}

TEST(Evaluate, TheSourcesOwnQuantizerIsALawOthersAreNot)
{
    Sweep sweep;
    sweep.add_matrix({1, 0.5});
    sweep.add_unit("uniform", {1, 0.6});  // off by 0.1 > 1/16: no such quantizer is right
    sweep.add_unit("uniform:bits=2", {1, 0.6});
    const results::VerdictTable table = sweep.evaluate();
    const auto own = of_claim(table, "error-bound-uniform");
    EXPECT_EQ(own.at("unit 1").verdict, Verdict::violated);
    EXPECT_EQ(own.at("unit 2").verdict, Verdict::holds);
    for (const results::ClaimRow& claim : table.claims) {
        if (claim.name == "error-bound-uniform" || claim.name == "weyl") {
            EXPECT_EQ(claim.law, 1);
        }
        if (claim.name == "error-bound-operator") {
            EXPECT_EQ(claim.law, 0);
        }
    }
}

TEST(Evaluate, SpectralScalingIsComparedWithTheSameQuantizerWithoutIt)
{
    Sweep sweep;
    sweep.add_matrix({1, 0.5});
    sweep.add_unit("uniform:bits=8", {1, 0.51});
    sweep.add_unit("uniform:bits=8,norm=spectral", {1, 0.52});
    sweep.add_unit("int:norm=spectral", {1, 0.52});
    const auto claim = of_claim(sweep.evaluate(), "spectral-scaling-advantage");
    EXPECT_EQ(claim.at("unit 2").verdict, Verdict::violated);
    EXPECT_NEAR(claim.at("unit 2").left, 0.02, 1e-12);
    EXPECT_NEAR(claim.at("unit 2").right, 0.01, 1e-12);
    EXPECT_EQ(claim.at("unit 3").verdict, Verdict::not_testable);
    EXPECT_FALSE(claim.contains("unit 1"));
}

/// ‖E‖_F and ‖E‖₂ differ for errors of several equal entries: the source's sum, made of the former, then exceeds the
/// telescoped bound, which proves it.
TEST(Evaluate, PropagationIsProvenWhereTheTelescopedBoundIsBelowTheSourcesSum)
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
TEST(Evaluate, PropagationIsNotDecidedWhereTheTelescopedBoundIsAboveTheSourcesSum)
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
TEST(Evaluate, PropagationOfAGatedChainHasTheThirdMatrix)
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

TEST(Evaluate, PropagationSaysWhatOfTheChainIsMissing)
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

TEST(Evaluate, ATrajectoryIsJudgedOnceAtItsLastStep)
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

TEST(Evaluate, ATrajectoryCanContradictTheSource)
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

TEST(Evaluate, ATrajectoryWithoutTheStepsOfTheSourceIsNotTestable)
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

TEST(Evaluate, AClaimAboutManyMatricesNeedsTen)
{
    Sweep few;
    few.add_matrix({1, 0.5});
    few.add_unit("nf4", {1, 0.6});
    EXPECT_EQ(of_claim(few.evaluate(), "condition-predicts-error").at("quantizer=nf4").verdict, Verdict::not_testable);
    Sweep many;
    for (int i = 1; i <= 12; ++i) {
        many.add_matrix({1, std::pow(0.5, i)});
        many.add_unit("nf4", {1 + 0.01 * i, std::pow(0.5, i)});  // the error grows with κ
    }
    const auto claim = of_claim(many.evaluate(), "condition-predicts-error").at("quantizer=nf4");
    EXPECT_EQ(claim.verdict, Verdict::holds);
    EXPECT_GT(claim.left, 0.99);
    EXPECT_NEAR(claim.right, 1.645 / std::sqrt(11), 1e-12);
}

TEST(Evaluate, WhatWeightsCannotShowIsSaidOnce)
{
    Sweep sweep;
    sweep.add_matrix({1, 0.5});
    const auto claim = of_claim(sweep.evaluate(), "forward-error-constant");
    ASSERT_EQ(claim.size(), 1U);
    EXPECT_EQ(claim.at("sweep").verdict, Verdict::not_testable);
    EXPECT_THAT(claim.at("sweep").note, testing::HasSubstr("C is free"));
}

TEST(Evaluate, QuasiOrthogonalityOfRandomDirectionsFailsItsOwnCriterion)
{
    Sweep sweep;
    sweep.add_matrix({1, 0.5}, "embedding");
    EXPECT_EQ(of_claim(sweep.evaluate(), "quasi-orthogonality").at("unit 0").verdict, Verdict::not_testable);
}

}  // namespace
}  // namespace specsweep::verdicts
