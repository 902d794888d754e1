#include "verdicts/evaluate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string_view>

#include "diagonal_sweep.hpp"

namespace specsweep::verdicts {
namespace {

using results::UnitResult;

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
