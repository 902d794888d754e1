#include "bench/schedule/simulate.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "bench/schedule/bench_schedule.hpp"

namespace specsweep::bench {
namespace {

Cluster cluster_of(int ranks, int ranks_per_node = 64)
{
    Cluster cluster;
    cluster.ranks = ranks;
    cluster.ranks_per_node = ranks_per_node;
    cluster.startup_seconds = 0;
    return cluster;
}

TEST(Simulate, EqualUnitsFillTheRanks)
{
    const std::vector<SimulatedUnit> units(12, {2.0, 0, 0, 1});
    const Simulation found = simulate(units, cluster_of(4));
    EXPECT_DOUBLE_EQ(found.makespan, 6);
    EXPECT_DOUBLE_EQ(found.efficiency, 1);
    EXPECT_DOUBLE_EQ(found.tail, 0);
}

TEST(Simulate, OneUnitMoreIsALongTail)
{
    const std::vector<SimulatedUnit> units(5, {1.0, 0, 0, 1});
    const Simulation found = simulate(units, cluster_of(4));
    EXPECT_DOUBLE_EQ(found.makespan, 2);
    EXPECT_DOUBLE_EQ(found.efficiency, 5.0 / 8);
    EXPECT_DOUBLE_EQ(found.tail, 3.0 / 8);
}

TEST(Simulate, GroupsComeFirstAndTheirRanksGoOn)
{
    // Two groups of two: 8 rank-seconds each take 4; then four units of one second.
    std::vector<SimulatedUnit> units(2, {8.0, 0, 0, 2});
    units.insert(units.end(), 4, {1.0, 0, 0, 1});
    const Simulation found = simulate(units, cluster_of(4));
    EXPECT_DOUBLE_EQ(found.makespan, 5);
    EXPECT_DOUBLE_EQ(found.efficiency, 1);
    // A fifth rank belongs to no group and takes the small ones meanwhile.
    EXPECT_DOUBLE_EQ(simulate(units, cluster_of(5)).makespan, 4);
}

TEST(Simulate, ReadingIsSharedByTheNodeAndByTheFileSystem)
{
    Cluster cluster = cluster_of(4, 2);
    cluster.node_read_bytes_per_second = 10;
    cluster.file_system_bytes_per_second = 12;  // 6 a node, 3 a rank
    const std::vector<SimulatedUnit> units(4, {1.0, 6, 0, 1});
    const Simulation found = simulate(units, cluster);
    EXPECT_DOUBLE_EQ(found.makespan, 3);
    EXPECT_DOUBLE_EQ(found.reading, 2.0 / 3);
}

TEST(Simulate, SharesAddUpToOne)
{
    std::vector<SimulatedUnit> units;
    for (int i = 0; i < 100; ++i)
        units.push_back({1.0 + i % 7, 1e8, i % 10 == 0 ? 1e9 : 0, i % 10 == 0 ? 4 : 1});
    Cluster cluster = cluster_of(37, 8);
    cluster.startup_seconds = 3;
    const Simulation found = simulate(units, cluster);
    EXPECT_NEAR(found.efficiency + found.tail + found.reading + found.broadcast + found.startup, 1, 1e-12);
    EXPECT_GT(found.tail, 0);
}

TEST(BenchSchedule, GivesARowForEveryModelAndNumberOfRanks)
{
    ScheduleBenchOptions options;
    options.ranks = {1, 1000};
    const Json result = bench_schedule(options);
    EXPECT_EQ(result.at("rows").size(), 12U);
    for (const Json& row : result.at("rows"))
        if (row.contains("efficiency")) {
            EXPECT_GT(row.at("efficiency").get<double>(), 0);
            EXPECT_LE(row.at("efficiency").get<double>(), 1);
        }
    options.model = "GPT-3";
    EXPECT_ANY_THROW(bench_schedule(options));
}

}  // namespace
}  // namespace specsweep::bench
