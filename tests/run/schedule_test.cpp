#include "run/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <set>

namespace specsweep::run {
namespace {

std::vector<Task> random_tasks(int count, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> seconds(0.01, 10);
    std::vector<Task> tasks;
    for (int row = 0; row < count; ++row)
        tasks.push_back({.unit_row = row, .seconds = seconds(random)});
    return tasks;
}

double load(const std::vector<Task>& tasks)
{
    return std::accumulate(tasks.begin(), tasks.end(), 0.0, [](double sum, const Task& t) { return sum + t.seconds; });
}

TEST(LongestFirst, KeepsThePlansOrderAmongEquals)
{
    const auto sorted = longest_first({{0, 1.0}, {1, 2.0}, {2, 1.0}, {3, 2.0}});
    std::vector<std::int64_t> rows;
    for (const Task& task : sorted)
        rows.push_back(task.unit_row);
    EXPECT_EQ(rows, (std::vector<std::int64_t>{1, 3, 0, 2}));
}

TEST(SplitOverNodes, GivesEveryTaskToExactlyOneNode)
{
    for (const int count : {0, 1, 3, 100}) {
        const auto tasks = longest_first(random_tasks(count, 7));
        const std::array<int, 3> ranks{4, 4, 1};
        std::set<std::int64_t> seen;
        std::size_t total = 0;
        for (const auto& node : split_over_nodes(tasks, ranks)) {
            EXPECT_TRUE(std::is_sorted(node.begin(), node.end(),
                                       [](const Task& a, const Task& b) { return a.seconds > b.seconds; }));
            total += node.size();
            for (const Task& task : node)
                seen.insert(task.unit_row);
        }
        EXPECT_EQ(total, static_cast<std::size_t>(count));
        EXPECT_EQ(seen.size(), static_cast<std::size_t>(count));
    }
}

/// The greedy rule keeps every node within one (longest) task of the average.
TEST(SplitOverNodes, BalancesByNumberOfRanks)
{
    const auto tasks = longest_first(random_tasks(500, 11));
    const std::array<int, 3> ranks{8, 4, 2};
    const auto nodes = split_over_nodes(tasks, ranks);
    const double average = load(tasks) / 14;
    for (std::size_t node = 0; node < nodes.size(); ++node)
        EXPECT_LE(load(nodes[node]) / ranks[node], average + tasks.front().seconds);
}

TEST(SplitOverNodes, OneNodeGetsAll)
{
    const std::array<int, 1> ranks{2};
    EXPECT_EQ(split_over_nodes(random_tasks(5, 1), ranks)[0].size(), 5U);
}

}  // namespace
}  // namespace specsweep::run
