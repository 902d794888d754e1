#include "metrics/relaxed_allocation.hpp"

#include <algorithm>
#include <numeric>

namespace specsweep::metrics {

using Layer = std::vector<StorageChoice>;

std::vector<std::size_t> hull_of(const Layer& layer)
{
    std::vector<std::size_t> order(layer.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return layer[a].cost < layer[b].cost || (layer[a].cost == layer[b].cost && layer[a].error < layer[b].error);
    });
    std::vector<std::size_t> hull;
    for (const std::size_t next : order) {
        if (!hull.empty() && layer[next].error >= layer[hull.back()].error)
            continue;
        while (hull.size() >= 2) {
            const StorageChoice& a = layer[hull[hull.size() - 2]];
            const StorageChoice& b = layer[hull.back()];
            const StorageChoice& c = layer[next];
            if ((a.error - b.error) * (c.cost - b.cost) > (b.error - c.error) * (b.cost - a.cost))
                break;
            hull.pop_back();
        }
        hull.push_back(next);
    }
    return hull;
}

std::vector<HullStep> hull_steps(std::span<const Layer> layers)
{
    std::vector<HullStep> steps;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::vector<std::size_t> hull = hull_of(layers[i]);
        for (std::size_t h = 1; h < hull.size(); ++h) {
            const StorageChoice& before = layers[i][hull[h - 1]];
            const StorageChoice& after = layers[i][hull[h]];
            steps.push_back({i, hull[h - 1], hull[h], after.cost - before.cost, before.error - after.error});
        }
    }
    // Along a hull the quotient falls, so a layer's steps stay in their order.
    std::stable_sort(steps.begin(), steps.end(),
                     [](const HullStep& a, const HullStep& b) { return a.saved * b.cost > b.saved * a.cost; });
    return steps;
}

}  // namespace specsweep::metrics
