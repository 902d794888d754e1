#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <string_view>

#include "cost/group_solver.hpp"

namespace specsweep::sweep {

/// Memory per rank that a matrix is asked for with: its predicted bytes, rounded up to a power of two. Few classes, so
/// that one Slurm array a class stays possible, and nothing asks for more than twice what it needs.
inline std::int64_t resource_class(std::int64_t predicted_bytes)
{
    return static_cast<std::int64_t>(
        std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(predicted_bytes, 1))));
}

/// What a shard is asked for with: one class a shard where it can be chosen, one Slurm array a class. A matrix that
/// only a group of ranks can hold makes a class of its own: its shards get at least that many ranks.
struct ResourceNeed {
    std::int64_t memory = 0;  ///< bytes per rank, resource_class()
    std::int32_t ranks = 1;   ///< least number of them

    friend auto operator<=>(const ResourceNeed&, const ResourceNeed&) = default;
};

inline ResourceNeed resource_need(std::int64_t predicted_bytes, std::string_view solver)
{
    return {resource_class(predicted_bytes), cost::ranks_of_solver(solver)};
}

/// What holds both.
inline ResourceNeed larger_need(const ResourceNeed& a, const ResourceNeed& b)
{
    return {std::max(a.memory, b.memory), std::max(a.ranks, b.ranks)};
}

}  // namespace specsweep::sweep
