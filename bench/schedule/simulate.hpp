#pragma once

#include <cstdint>
#include <vector>

namespace specsweep::bench {

/// A cluster as the simulation sees it. Defaults: what docs/scaling.md states.
struct Cluster {
    int ranks = 1;
    int ranks_per_node = 64;
    double network_bytes_per_second = 10e9;  ///< into a node
    double node_read_bytes_per_second = 2e9;
    double file_system_bytes_per_second = 100e9;  ///< all nodes together
    double startup_seconds = 10;                  ///< launcher, plan, opening the file
};

struct SimulatedUnit {
    double compute_seconds = 0;  ///< rank-seconds without reading
    double read_bytes = 0;
    double broadcast_bytes = 0;  ///< that every rank of a group receives
    int ranks = 1;
};

struct Simulation {
    double makespan = 0;
    double efficiency = 0;  ///< useful rank-seconds (compute) / (ranks · makespan)
    double tail = 0;        ///< share lost to ranks that have nothing left to do
    double reading = 0;     ///< share spent on reading
    double broadcast = 0;   ///< share spent on pieces that travel inside groups
    double startup = 0;
};

/// Runs the units as run_shard() does (run/schedule.hpp, run/group_crews.hpp): group units first, largest groups first,
/// split over the groups by predicted cost; then units of single ranks, split over nodes, inside a node pulled by
/// whichever rank is free. Reading runs at the rate that all ranks' reading at once leaves to one.
/// @pre no unit wants more ranks than there are.
Simulation simulate(const std::vector<SimulatedUnit>& units, const Cluster& cluster);

}  // namespace specsweep::bench
