#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <queue>
#include <tuple>
#include <unordered_set>

#include "base/format.hpp"
#include "base/integer.hpp"
#include "sweep/make_plan.hpp"
#include "sweep/resource_class.hpp"

namespace specsweep::sweep {

namespace {

/// Matrices that share their content: their units have the same ids, so one shard computes them once.
struct Parcel {
    std::vector<std::size_t> matrices;
    double seconds = 0;
    ResourceNeed need;
};

std::string weighting_text(const PlanMatrix& matrix)
{
    return matrix.weighting ? fmt::format(" {} {}", matrix.weighting->counts, matrix.weighting->centred) : "";
}

std::vector<Parcel> parcels_of(const Plan& plan)
{
    using Content = std::tuple<Digest128, DType, std::vector<std::int64_t>, std::string>;
    std::map<Content, std::size_t> numbers;
    std::vector<Parcel> parcels;
    std::vector<std::size_t> parcel_of_matrix;
    for (std::size_t row = 0; row < plan.matrices.size(); ++row) {
        const PlanMatrix& matrix = plan.matrices[row];
        const auto [place, is_new] =
            numbers.try_emplace({matrix.content_digest, matrix.location.dtype, matrix.location.shape,
                                 std::string(checkpoint::name(matrix.matrix.slice.orientation)) +
                                     matrix.matrix.slice.canonical() + weighting_text(matrix)},
                                parcels.size());
        if (is_new)
            parcels.emplace_back();
        Parcel& parcel = parcels[place->second];
        parcel.matrices.push_back(row);
        parcel.need = larger_need(parcel.need, resource_need(matrix.predicted_bytes, matrix.solver));
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

std::int64_t count_for_minutes(const std::vector<Parcel>& parcels, double minutes, std::int64_t ranks)
{
    double seconds = 0;
    for (const Parcel& parcel : parcels)
        seconds += parcel.seconds;
    const double wanted = std::ceil(seconds / (minutes * 60 * static_cast<double>(ranks)));
    return wanted >= static_cast<double>(parcels.size()) ? std::ssize(parcels) : static_cast<std::int64_t>(wanted);
}

/// Longest parcel first, each to the shard with the least so far (Graham 1969: at most 4/3 of the best makespan). Ties
/// go to the earlier parcel and the lower shard, so the cut is a function of the plan alone. The new shards follow
/// those that the plan has.
void pack(Plan& plan, std::vector<Parcel> parcels, std::int64_t wanted)
{
    const std::int64_t count = std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(1, std::ssize(parcels)));
    std::stable_sort(parcels.begin(), parcels.end(),
                     [](const Parcel& a, const Parcel& b) { return a.seconds > b.seconds; });
    using Load = std::pair<double, std::int32_t>;
    std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
    for (std::int64_t i = 0; i < count; ++i)
        loads.push({0, checked_cast<std::int32_t>(plan.shard_count + i)});
    for (const Parcel& parcel : parcels) {
        const auto [load, shard] = loads.top();
        loads.pop();
        loads.push({load + parcel.seconds, shard});
        for (const std::size_t matrix : parcel.matrices)
            plan.matrices[matrix].shard = shard;
    }
    plan.shard_count = checked_cast<std::int32_t>(plan.shard_count + count);
}

}  // namespace

void cut(Plan& plan, const ShardRequest& request, std::int64_t ranks_per_shard)
{
    plan.shard_count = 0;
    std::vector<Parcel> parcels = parcels_of(plan);
    if (!request.minutes) {
        pack(plan, std::move(parcels), request.count.value_or(1));
    } else {
        std::map<ResourceNeed, std::vector<Parcel>> classes;
        for (Parcel& parcel : parcels)
            classes[parcel.need].push_back(std::move(parcel));
        for (auto& [need, members] : classes) {
            const std::int64_t ranks = std::max<std::int64_t>(ranks_per_shard, need.ranks);
            const std::int64_t wanted = count_for_minutes(members, *request.minutes, ranks);
            pack(plan, std::move(members), wanted);
        }
    }
    seal(plan);
}

}  // namespace specsweep::sweep
