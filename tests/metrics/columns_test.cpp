#include "metrics/columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace specsweep::metrics {
namespace {

TEST(Columns, BeginWithThoseOfTheInterfaceInItsOrder)
{
    constexpr std::size_t of_the_interface = 36;
    std::vector<std::string> names;
    for (const Column& column : columns())
        names.emplace_back(column.name);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
    ASSERT_GE(names.size(), of_the_interface);
    names.resize(of_the_interface);
    EXPECT_THAT(names,
                testing::ElementsAre(
                    "sigma_max", "sigma_max_error", "sigma_min", "frobenius_squared", "stable_rank", "condition_number",
                    "numerical_rank", "erank_sv", "erank_energy", "pr_energy", "spectral_slope", "powerlaw_alpha",
                    "powerlaw_xmin", "powerlaw_d", "powerlaw_n_tail", "stable_rank_ratio", "frobenius_ratio",
                    "sigma_max_ratio", "error_frobenius", "error_spectral", "error_max", "sqnr_db", "noise_alignment",
                    "weyl_tightness", "mirsky_tightness", "epsilon_slope", "epsilon_r2", "epsilon_r2_null_median",
                    "epsilon_r2_null_95", "zero_share", "clipped_share", "error_spectral_upper", "numerical_rank_low",
                    "numerical_rank_high", "condition_number_lower", "unresolved_count"));
}

TEST(Columns, NoMemberIsWithoutOne)
{
    std::size_t single = 0;
    for (const Column& column : columns())
        single += column.is_pair() ? 0 : 1;
    EXPECT_EQ(single, sizeof(SingleMetrics) / sizeof(Value));
    EXPECT_EQ(columns().size() - single, sizeof(PairMetrics) / sizeof(Value));
}

TEST(Columns, LeadersAreColumnsOfTheSameKind)
{
    for (std::size_t c = 0; c < columns().size(); ++c) {
        const std::ptrdiff_t leader = leader_of(c);
        ASSERT_EQ(leader >= 0, !columns()[c].leader.empty()) << columns()[c].name;
        if (leader >= 0) {
            EXPECT_EQ(columns()[static_cast<std::size_t>(leader)].is_pair(), columns()[c].is_pair());
            EXPECT_LT(static_cast<std::size_t>(leader), c);
        }
    }
}

TEST(Columns, EachReadsItsOwnMember)
{
    SingleMetrics single;
    PairMetrics pair;
    double next = 1;
    for (const Column& column : columns()) {
        ASSERT_NE(column.single == nullptr, column.pair == nullptr) << column.name;
        Value& value = column.is_pair() ? pair.*column.pair : single.*column.single;
        EXPECT_FALSE(value) << column.name << " shares a member with an earlier column";
        value = next++;
    }
    EXPECT_EQ(missing_reasons(single), "");
    EXPECT_EQ(missing_reasons(pair), "");
}

TEST(MissingReasons, NameTheColumnAndTheCode)
{
    const std::vector<double> zero{0};
    const std::string reasons = missing_reasons(single_metrics({zero, zero, 0, 1, 1}, {1e-4}));
    EXPECT_THAT(reasons, testing::StartsWith("stable_rank:zero-matrix;condition_number:zero-matrix;"));
    EXPECT_THAT(reasons, testing::HasSubstr(";powerlaw_alpha:zero-matrix;"));
    EXPECT_THAT(reasons, testing::Not(testing::EndsWith(";")));
}

}  // namespace
}  // namespace specsweep::metrics
