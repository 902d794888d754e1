#include "bench/schedule/simulate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <queue>

#include "run/schedule.hpp"

namespace specsweep::bench {
namespace {

class Simulator {
public:
    Simulator(const std::vector<SimulatedUnit>& units, const Cluster& cluster)
        : units_(units), cluster_(cluster), free_at_(static_cast<std::size_t>(cluster.ranks), cluster.startup_seconds)
    {
        // Ranks without a unit do not read.
        double busy = 0;
        for (const SimulatedUnit& unit : units)
            busy += unit.ranks;
        busy = std::clamp(busy, 1.0, static_cast<double>(cluster.ranks));
        const double nodes = std::ceil(static_cast<double>(cluster.ranks) / cluster.ranks_per_node);
        const double busy_of_node = std::max(1.0, std::min<double>(busy / nodes, cluster.ranks_per_node));
        const double node_share =
            std::min(cluster.node_read_bytes_per_second, cluster.file_system_bytes_per_second / std::min(nodes, busy));
        read_rate_ = node_share / busy_of_node;
        broadcast_rate_ = cluster.network_bytes_per_second / busy_of_node;
    }

    Simulation run()
    {
        std::map<int, std::vector<run::Task>, std::greater<>> by_ranks;
        for (std::size_t i = 0; i < units_.size(); ++i)
            by_ranks[units_[i].ranks].push_back(
                {static_cast<std::int64_t>(i), units_[i].compute_seconds, units_[i].ranks});
        for (auto& [ranks, tasks] : by_ranks)
            ranks > 1 ? run_groups(run::longest_first(tasks), ranks) : run_singles(run::longest_first(tasks));
        return result();
    }

private:
    /// Seconds of a unit on each of its ranks; what it did is added up.
    double seconds(const SimulatedUnit& unit)
    {
        const double read = unit.read_bytes / unit.ranks / read_rate_;
        const double broadcast = unit.broadcast_bytes / broadcast_rate_;
        compute_ += unit.compute_seconds;
        read_ += read * unit.ranks;
        broadcast_ += broadcast * unit.ranks;
        return unit.compute_seconds / unit.ranks + read + broadcast;
    }

    void run_groups(const std::vector<run::Task>& tasks, int ranks)
    {
        const std::vector<int> one_each(free_at_.size() / static_cast<std::size_t>(ranks), 1);
        const auto groups = run::split_over_nodes(tasks, one_each);
        for (std::size_t group = 0; group < groups.size(); ++group) {
            const auto first = free_at_.begin() + static_cast<std::ptrdiff_t>(group) * ranks;
            double now = *std::max_element(first, first + ranks);
            for (const run::Task& task : groups[group])
                now += seconds(units_[static_cast<std::size_t>(task.unit_row)]);
            if (!groups[group].empty())
                std::fill(first, first + ranks, now);
        }
    }

    void run_singles(const std::vector<run::Task>& tasks)
    {
        std::vector<int> ranks_of_node;
        for (int first = 0; first < cluster_.ranks; first += cluster_.ranks_per_node)
            ranks_of_node.push_back(std::min(cluster_.ranks_per_node, cluster_.ranks - first));
        const auto nodes = run::split_over_nodes(tasks, ranks_of_node);
        std::size_t first = 0;
        for (std::size_t node = 0; node < nodes.size(); ++node) {
            using Rank = std::pair<double, std::size_t>;
            std::priority_queue<Rank, std::vector<Rank>, std::greater<>> ranks;
            for (int r = 0; r < ranks_of_node[node]; ++r, ++first)
                ranks.emplace(free_at_[first], first);
            for (const run::Task& task : nodes[node]) {
                const auto [now, rank] = ranks.top();
                ranks.pop();
                free_at_[rank] = now + seconds(units_[static_cast<std::size_t>(task.unit_row)]);
                ranks.emplace(free_at_[rank], rank);
            }
        }
    }

    Simulation result() const
    {
        Simulation result;
        result.makespan = *std::max_element(free_at_.begin(), free_at_.end());
        const double all = result.makespan * cluster_.ranks;
        result.efficiency = compute_ / all;
        result.reading = read_ / all;
        result.broadcast = broadcast_ / all;
        result.startup = cluster_.startup_seconds * cluster_.ranks / all;
        result.tail = std::max(0.0, 1 - result.efficiency - result.reading - result.broadcast - result.startup);
        return result;
    }

    const std::vector<SimulatedUnit>& units_;
    const Cluster& cluster_;
    std::vector<double> free_at_;
    double read_rate_ = 0, broadcast_rate_ = 0;
    double compute_ = 0, read_ = 0, broadcast_ = 0;
};

}  // namespace

Simulation simulate(const std::vector<SimulatedUnit>& units, const Cluster& cluster)
{
    return Simulator(units, cluster).run();
}

}  // namespace specsweep::bench
