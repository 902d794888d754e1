#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <queue>
#include <tuple>
#include <unordered_set>

#include "base/integer.hpp"
#include "sweep/make_plan.hpp"

namespace specsweep::sweep {

namespace {

/// Matrices that share their content: their units have the same ids, so one shard computes them once.
struct Parcel {
    std::vector<std::size_t> matrices;
    double seconds = 0;
};

std::vector<Parcel> parcels_of(const Plan& plan)
{
    using Content = std::tuple<Digest128, DType, std::vector<std::int64_t>, std::string>;
    std::map<Content, std::size_t> numbers;
    std::vector<Parcel> parcels;
    std::vector<std::size_t> parcel_of_matrix;
    for (std::size_t row = 0; row < plan.matrices.size(); ++row) {
        const PlanMatrix& matrix = plan.matrices[row];
        const auto [place, is_new] = numbers.try_emplace(
            {matrix.content_digest, matrix.location.dtype, matrix.location.shape,
             std::string(checkpoint::name(matrix.matrix.slice.orientation)) + matrix.matrix.slice.canonical()},
            parcels.size());
        if (is_new)
            parcels.emplace_back();
        parcels[place->second].matrices.push_back(row);
        parcel_of_matrix.push_back(place->second);
    }
    // A unit costs once a parcel, however many of its matrices have it.
    std::unordered_set<std::int64_t> seen;
    for (const PlanUnit& unit : plan.units) {
        const std::size_t parcel = parcel_of_matrix[static_cast<std::size_t>(unit.matrix)];
        const std::int64_t key = static_cast<std::int64_t>(parcel) * std::ssize(plan.quantizers) + unit.quantizer;
        if (seen.insert(key).second)
            parcels[parcel].seconds += unit.predicted_seconds;
    }
    return parcels;
}

std::int64_t shard_count(const ShardRequest& request, double seconds, std::int64_t ranks, std::int64_t parcels)
{
    std::int64_t count = request.count.value_or(1);
    if (request.minutes) {
        const double wanted = std::ceil(seconds / (*request.minutes * 60 * static_cast<double>(ranks)));
        count = wanted >= static_cast<double>(parcels) ? parcels : static_cast<std::int64_t>(wanted);
    }
    return std::clamp<std::int64_t>(count, 1, std::max<std::int64_t>(1, parcels));
}

}  // namespace

/// Longest parcel first, each to the shard with the least so far (Graham 1969: at most 4/3 of the best makespan).
/// Ties go to the earlier parcel and the lower shard, so the cut is a function of the plan alone.
void cut(Plan& plan, const ShardRequest& request, std::int64_t ranks_per_shard)
{
    std::vector<Parcel> parcels = parcels_of(plan);
    double seconds = 0;
    for (const Parcel& parcel : parcels)
        seconds += parcel.seconds;
    const std::int64_t count = shard_count(request, seconds, ranks_per_shard, std::ssize(parcels));
    std::stable_sort(parcels.begin(), parcels.end(),
                     [](const Parcel& a, const Parcel& b) { return a.seconds > b.seconds; });

    using Load = std::pair<double, std::int32_t>;
    std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
    for (std::int32_t shard = 0; shard < count; ++shard)
        loads.push({0, shard});
    for (const Parcel& parcel : parcels) {
        const auto [load, shard] = loads.top();
        loads.pop();
        loads.push({load + parcel.seconds, shard});
        for (const std::size_t matrix : parcel.matrices)
            plan.matrices[matrix].shard = shard;
    }
    plan.shard_count = checked_cast<std::int32_t>(count);
    seal(plan);
}

}  // namespace specsweep::sweep
