#include "metrics/bit_allocation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/counter_random.hpp"

namespace specsweep::metrics {
namespace {

using Layers = std::vector<std::vector<StorageChoice>>;

/// Every combination.
double best_by_trial(const Layers& layers, double budget, std::size_t from = 0, double cost = 0, double error = 0)
{
    if (cost > budget)
        return INFINITY;
    if (from == layers.size())
        return error;
    double best = INFINITY;
    for (const StorageChoice& choice : layers[from])
        best = std::min(best, best_by_trial(layers, budget, from + 1, cost + choice.cost, error + choice.error));
    return best;
}

TEST(AllocateBits, TheOptimumLiesBetweenItsBoundAndItsError)
{
    constexpr int trials = 200;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
        const CounterRandom random(trial, 0);
        Layers layers;
        std::uint64_t word = 0;
        for (std::uint64_t i = 0; i < 2 + trial % 6; ++i) {
            layers.emplace_back();
            for (std::uint64_t j = 0; j < 1 + random.below(1000 + i, 5); ++j) {
                const double bits = 1 + static_cast<double>(random.below(word++, 8));
                layers.back().push_back({bits, std::pow(4.0, -bits) * (0.5 + random.uniform(word++))});
            }
        }
        const double budget = 4.0 * static_cast<double>(layers.size());
        const double best = best_by_trial(layers, budget);
        const auto found = allocate_bits(layers, budget);
        ASSERT_EQ(found.has_value(), std::isfinite(best)) << trial;
        if (!found)
            continue;
        EXPECT_LE(found->cost, budget);
        EXPECT_GE(found->error, best * (1 - 1e-12)) << trial;
        EXPECT_LE(found->error_bound, best * (1 + 1e-12)) << trial;
        double cost = 0;
        double error = 0;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            cost += layers[i][found->choice[i]].cost;
            error += layers[i][found->choice[i]].error;
        }
        EXPECT_NEAR(found->cost, cost, 1e-12);
        EXPECT_NEAR(found->error, error, 1e-12);
        EXPECT_NEAR(found->error, best, 1e-11 * best) << "so few layers are searched to the end";
        EXPECT_EQ(found->error_bound, found->error);
    }
}

/// Layers of two sizes at 2 to 8 bits, as models have them: the search ends, and no single or double change is better.
TEST(AllocateBits, ReachesTheOptimumOfAModel)
{
    const CounterRandom random(7, 0);
    Layers layers;
    for (std::uint64_t i = 0; i < 48; ++i) {
        const double elements = i % 3 == 0 ? 4 : 1;
        layers.emplace_back();
        for (int bits = 2; bits <= 8; ++bits)
            layers.back().push_back(
                {elements * (bits + 0.5), elements * std::pow(4.0, -bits) * (0.2 + random.uniform(i))});
    }
    const double budget = 4.5 * (16 * 4 + 32);
    const auto found = allocate_bits(layers, budget);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->error, found->error_bound);
    for (std::size_t a = 0; a < layers.size(); ++a)
        for (std::size_t b = 0; b < layers.size(); ++b)
            for (const StorageChoice& first : layers[a])
                for (const StorageChoice& second : layers[b]) {
                    const StorageChoice& was_a = layers[a][found->choice[a]];
                    const StorageChoice& was_b = layers[b][found->choice[b]];
                    if (a != b && found->cost + first.cost + second.cost - was_a.cost - was_b.cost <= budget) {
                        EXPECT_GE(first.error + second.error, (was_a.error + was_b.error) * (1 - 1e-9));
                    }
                }
}

/// Thousands of layers with costs of their own: not all can be followed, and the bound of the relaxation stays.
TEST(AllocateBits, EndsInTimeOnManyLayers)
{
    const CounterRandom random(8, 0);
    Layers layers;
    double elements = 0;
    for (std::uint64_t i = 0; i < 1500; ++i) {
        const double size = 1 + random.uniform(2 * i);
        elements += size;
        layers.emplace_back();
        for (int bits = 2; bits <= 8; ++bits)
            layers.back().push_back({size * bits, size * std::pow(4.0, -bits) * (0.2 + random.uniform(2 * i + 1))});
    }
    const auto found = allocate_bits(layers, 4.1 * elements);
    ASSERT_TRUE(found);
    EXPECT_LE(found->cost, 4.1 * elements);
    EXPECT_LE(found->error_bound, found->error);
    EXPECT_LT(found->error, 1.001 * found->error_bound);
}

TEST(AllocateBits, SpendsEverythingWhereEverythingFits)
{
    const Layers layers{{{4, 1}, {8, 0.1}}, {{4, 2}, {8, 0.2}}};
    const auto found = allocate_bits(layers, 100);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->choice, (std::vector<std::size_t>{1, 1}));
    EXPECT_EQ(found->error, found->error_bound);
}

TEST(AllocateBits, HasNoAnswerBelowTheCheapestChoices)
{
    const Layers layers{{{4, 1}}, {{4, 2}}};
    EXPECT_FALSE(allocate_bits(layers, 7.9));
    EXPECT_TRUE(allocate_bits(layers, 8));
    EXPECT_FALSE(allocate_bits(Layers{{}}, 8));
}

TEST(AllocateBits, GivesTheBitsToTheLayerThatSuffers)
{
    const Layers layers{{{2, 10}, {4, 1}}, {{2, 1}, {4, 0.1}}};
    EXPECT_EQ(allocate_bits(layers, 6)->choice, (std::vector<std::size_t>{1, 0}));
}

}  // namespace
}  // namespace specsweep::metrics
