#include "metrics/exact_allocation.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>

#include "metrics/relaxed_allocation.hpp"

namespace specsweep::metrics {

namespace {

using Layer = std::vector<StorageChoice>;

constexpr double as_good_as_optimal = 1e-12;

/// The relaxation of the layers that are still to be chosen.
class Rest {
public:
    Rest(std::span<const Layer> layers, std::vector<HullStep> steps) : steps_(std::move(steps))
    {
        for (const Layer& layer : layers)
            add(layer[hull_of(layer).front()], 1);
        sum_up();
    }

    void remove(const Layer& layer, std::size_t index)
    {
        add(layer[hull_of(layer).front()], -1);
        steps_.erase(
            std::remove_if(steps_.begin(), steps_.end(), [&](const HullStep& step) { return step.layer == index; }),
            steps_.end());
        sum_up();
    }

    /// No choice of these layers within the budget has less error; infinite where none fits.
    double bound(double budget) const
    {
        const double spare = budget - cost_;
        if (spare < -as_good_as_optimal * budget)
            return std::numeric_limits<double>::infinity();
        const auto above = std::upper_bound(costs_.begin(), costs_.end(), spare);
        const auto taken = static_cast<std::size_t>(above - costs_.begin());
        const double before = taken == 0 ? 0 : costs_[taken - 1];
        double saved = taken == 0 ? 0 : saved_[taken - 1];
        if (taken < steps_.size())
            saved += steps_[taken].saved * std::max(0.0, spare - before) / steps_[taken].cost;
        return error_ - saved;
    }

private:
    void add(const StorageChoice& cheapest, int sign)
    {
        cost_ += sign * cheapest.cost;
        error_ += sign * cheapest.error;
    }

    void sum_up()
    {
        costs_.clear();
        saved_.clear();
        double cost = 0;
        double saved = 0;
        for (const HullStep& step : steps_) {
            costs_.push_back(cost += step.cost);
            saved_.push_back(saved += step.saved);
        }
    }

    std::vector<HullStep> steps_;
    std::vector<double> costs_, saved_;  ///< of the first steps together
    double cost_ = 0, error_ = 0;        ///< of the cheapest choices
};

/// A choice of the first layers.
struct Partial {
    double cost = 0, error = 0, bound = 0;
    std::int32_t parent = -1;  ///< among those of one layer less
    std::int32_t option = -1;
};

/// By cost; none that costs as much as another or more has as much error.
void drop_dominated(std::vector<Partial>& partials)
{
    std::sort(partials.begin(), partials.end(), [](const Partial& a, const Partial& b) {
        return a.cost < b.cost || (a.cost == b.cost && a.error < b.error);
    });
    double least = std::numeric_limits<double>::infinity();
    const auto dominated = [&](const Partial& partial) {
        if (partial.error >= least)
            return true;
        least = partial.error;
        return false;
    };
    partials.erase(std::remove_if(partials.begin(), partials.end(), dominated), partials.end());
}

/// Layers whose choices differ most in cost come first: what is left is the finer change.
std::vector<std::size_t> order_of(std::span<const Layer> layers)
{
    const auto span_of = [&](std::size_t i) {
        const auto [least, most] =
            std::minmax_element(layers[i].begin(), layers[i].end(),
                                [](const StorageChoice& a, const StorageChoice& b) { return a.cost < b.cost; });
        return most->cost - least->cost;
    };
    std::vector<std::size_t> order(layers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return span_of(a) > span_of(b); });
    return order;
}

std::size_t most_partials(std::span<const Layer> layers)
{
    constexpr std::size_t extensions = 4'000'000;
    constexpr std::size_t fewest = 64;
    constexpr std::size_t most = 20'000;
    std::size_t options = 1;
    for (const Layer& layer : layers)
        options += layer.size();
    return std::clamp(extensions / options, fewest, most);
}

}  // namespace

void search_optimum(Allocation& allocation, std::span<const Layer> layers, double budget)
{
    if (allocation.error <= allocation.error_bound * (1 + as_good_as_optimal))
        return;
    const std::vector<std::size_t> order = order_of(layers);
    const std::size_t most = most_partials(layers);
    Rest rest(layers, hull_steps(layers));
    std::vector<std::vector<Partial>> stages{{Partial{}}};
    bool complete = true;
    for (const std::size_t layer : order) {
        rest.remove(layers[layer], layer);
        std::vector<Partial> next;
        for (std::size_t parent = 0; parent < stages.back().size(); ++parent)
            for (std::size_t option = 0; option < layers[layer].size(); ++option) {
                Partial partial = stages.back()[parent];
                partial.cost += layers[layer][option].cost;
                partial.error += layers[layer][option].error;
                partial.parent = static_cast<std::int32_t>(parent);
                partial.option = static_cast<std::int32_t>(option);
                partial.bound = partial.error + rest.bound(budget - partial.cost);
                if (partial.bound < allocation.error * (1 - as_good_as_optimal))
                    next.push_back(partial);
            }
        drop_dominated(next);
        if (next.size() > most) {
            complete = false;
            std::nth_element(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(most), next.end(),
                             [](const Partial& a, const Partial& b) { return a.bound < b.bound; });
            next.resize(most);
        }
        stages.push_back(std::move(next));
    }
    const std::vector<Partial>& ends = stages.back();
    const auto best = std::min_element(ends.begin(), ends.end(),
                                       [](const Partial& a, const Partial& b) { return a.error < b.error; });
    if (best != ends.end()) {
        Partial at = *best;
        allocation.cost = at.cost;
        allocation.error = at.error;
        for (std::size_t stage = order.size(); stage-- > 0; at = stages[stage][static_cast<std::size_t>(at.parent)])
            allocation.choice[order[stage]] = static_cast<std::size_t>(at.option);
    }
    if (complete)
        allocation.error_bound = allocation.error;
}

}  // namespace specsweep::metrics
