#include "metrics/bit_allocation.hpp"

#include <algorithm>
#include <numeric>

namespace specsweep::metrics {

namespace {

using Layer = std::vector<StorageChoice>;

/// Corners of the lower convex hull from the cheapest choice on: cost rises, error falls, ever more slowly.
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

struct Step {
    std::size_t layer, from, to;
    double cost, saved;
};

std::vector<Step> steps_of(std::span<const Layer> layers)
{
    std::vector<Step> steps;
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
                     [](const Step& a, const Step& b) { return a.saved * b.cost > b.saved * a.cost; });
    return steps;
}

void sum_up(Allocation& allocation, std::span<const Layer> layers)
{
    allocation.cost = allocation.error = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        allocation.cost += layers[i][allocation.choice[i]].cost;
        allocation.error += layers[i][allocation.choice[i]].error;
    }
}

/// The best single change that fits, again and again.
void improve(Allocation& allocation, std::span<const Layer> layers, double budget)
{
    while (true) {
        double best = 0;
        std::size_t layer = 0;
        std::size_t choice = 0;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const StorageChoice& now = layers[i][allocation.choice[i]];
            for (std::size_t j = 0; j < layers[i].size(); ++j)
                if (now.error - layers[i][j].error > best && allocation.cost - now.cost + layers[i][j].cost <= budget) {
                    best = now.error - layers[i][j].error;
                    layer = i;
                    choice = j;
                }
        }
        if (best <= 0)
            return;
        allocation.choice[layer] = choice;
        sum_up(allocation, layers);
    }
}

}  // namespace

std::optional<Allocation> allocate_bits(std::span<const Layer> layers, double budget)
{
    Allocation allocation;
    for (const Layer& layer : layers) {
        if (layer.empty())
            return std::nullopt;
        allocation.choice.push_back(hull_of(layer).front());
    }
    sum_up(allocation, layers);
    if (allocation.cost > budget)
        return std::nullopt;
    std::optional<double> bound;
    for (const Step& step : steps_of(layers)) {
        if (allocation.cost + step.cost > budget) {
            bound = allocation.error - step.saved * (budget - allocation.cost) / step.cost;
            break;
        }
        allocation.choice[step.layer] = step.to;
        sum_up(allocation, layers);
    }
    allocation.error_bound = bound.value_or(allocation.error);
    improve(allocation, layers, budget);
    return allocation;
}

}  // namespace specsweep::metrics
