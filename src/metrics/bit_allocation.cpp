#include "metrics/bit_allocation.hpp"

#include "metrics/exact_allocation.hpp"
#include "metrics/relaxed_allocation.hpp"

namespace specsweep::metrics {

namespace {

using Layer = std::vector<StorageChoice>;

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
    for (const HullStep& step : hull_steps(layers)) {
        if (allocation.cost + step.cost > budget) {
            bound = allocation.error - step.saved * (budget - allocation.cost) / step.cost;
            break;
        }
        allocation.choice[step.layer] = step.to;
        sum_up(allocation, layers);
    }
    allocation.error_bound = bound.value_or(allocation.error);
    improve(allocation, layers, budget);
    search_optimum(allocation, layers, budget);
    return allocation;
}

}  // namespace specsweep::metrics
