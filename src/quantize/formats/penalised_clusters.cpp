#include "quantize/formats/penalised_clusters.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "quantize/double_lanes.hpp"

namespace specsweep::quantize {

/// One search for one set of values; as many j (or i) side by side as there are lanes.
///
/// With P(j) the predecessor that was found, only i from P(j') on are looked at for j > j', and only up to P(j'') for
/// j < j'': cost is a Monge array, so what is beaten once from the right is beaten for all later j, and the other way
/// round. Nor are i with F(i) + λ ≥ F(j), as F does not fall. Of two candidates the right one has to be better by
/// slack = 2E, so that what was beaten in binary64 is beaten exactly. F(j) may so be off by slack + E from the least
/// computed, by 2E from those that were beaten by less than slack through a third, by slack + 2E for each of up to six
/// levels of pivots: together 29·E. The test by F leaves 96·E.
///
/// @tparam all_distinct every count is one: reciprocals of differences are read, where others divide
template <class Lanes, bool all_distinct>
class PenalisedSearch {
public:
    PenalisedSearch(const ClusterSums& sums, PenalisedClusters& memory)
        : size_(sums.size()),
          count_(sums.count()),
          sum_(sums.sum()),
          squares_(sums.squares()),
          rounding_(sums.rounding()),
          slack_(2 * rounding_),
          guard_(96 * rounding_),
          reciprocal_(memory.reciprocal_.data()),
          potential_(memory.potential_.data()),
          open_(memory.open_.data()),
          predecessor_(memory.predecessor_.data())
    {
    }

    /// F for all j. @return edges of the path to F(n)
    int find_path(double price)
    {
        price_ = price;
        potential_[0] = 0;
        open_[0] = price;
        std::int32_t low = 0;
        for (std::int32_t first = 1; first <= size_;) {
            first += fill_widest<pivot_levels>(first, low);
            low = predecessor_at(std::min(first - 1, size_));
        }
        int edges = 0;
        for (std::int32_t j = size_; j > 0; j = predecessor_at(j))
            ++edges;
        return edges;
    }

    std::int32_t predecessor_at(std::int32_t j) const { return static_cast<std::int32_t>(predecessor_[j]); }

    /// Whether every other way into j costs more than F(j) + margin.
    bool is_alone(std::int32_t j, double margin) const
    {
        const Double numbers = Lanes::load(lane_numbers);
        const Double own = Lanes::of(predecessor_[j]);
        const Double limit = Lanes::of(potential_[j] + margin - squares_[j]);
        for (std::int32_t end = j; end > 0; end -= Lanes::count) {
            const std::int32_t begin = std::max(end - Lanes::count, 0);
            const Double at = numbers + Lanes::of(begin);
            const Double s = Lanes::of(sum_[j]) - Lanes::load(sum_ + begin);
            const Double n = Lanes::of(count_[j]) - Lanes::load(count_ + begin);
            const Mask near = Lanes::load(open_ + begin) - s * s / n < limit;
            if (Lanes::any(near & (at < Lanes::of(j)) & (at < own)) ||
                Lanes::any(near & (at < Lanes::of(j)) & (own < at)))
                return false;
            const double rest = sum_[j] - sum_[begin];
            if (squares_[j] - squares_[begin] - rest * rest / (count_[j] - count_[begin]) >
                potential_[j] + margin + guard_)  // of all i further left the cost alone
                break;
        }
        return true;
    }

private:
    using Double = typename Lanes::Double;
    using Mask = typename Lanes::Mask;

    static constexpr int pivot_levels = 2;
    static constexpr double lane_numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};

    struct Best {
        Double limit;  ///< F(j) − Σw² of j − slack
        Double where;
    };

    /// Lanes to the power of `levels` + 1.
    static constexpr std::int32_t width_of(int levels)
    {
        return levels == 0 ? Lanes::count : Lanes::count * width_of(levels - 1);
    }

    /// From `first` on, by the widest range of pivots that is worth it and allowed. @return places filled
    template <int levels>
    std::int32_t fill_widest(std::int32_t first, std::int32_t low)
    {
        if constexpr (levels == 0) {
            fill_neighbours(first, low, first - 1);
            return Lanes::count;
        } else {
            if (width_of(levels) <= (first - low) / 2) {
                const Pivots pivots = pivots_of(first, width_of(levels - 1), low, first - 1);
                if (pivots.highest <= potential_[first - 1] + price_ - guard_) {  // none comes from inside the range
                    fill_parts<levels>(first, low, pivots);
                    return width_of(levels);
                }
            }
            return fill_widest<levels - 1>(first, low);  // one call: all is inlined, and two would double the code
        }
    }

    /// Where F at the last place of each part of a range comes from.
    struct Pivots {
        std::int32_t where[Lanes::count];
        double highest;  ///< F
    };

    Pivots pivots_of(std::int32_t first, std::int32_t part, std::int32_t low, std::int32_t high) const
    {
        double sums[Lanes::count];
        double counts[Lanes::count];
        double squares[Lanes::count];
        for (int lane = 0; lane < Lanes::count; ++lane) {
            const std::int32_t j = std::min(first + (lane + 1) * part - 1, size_);
            sums[lane] = sum_[j];
            counts[lane] = count_[j];
            squares[lane] = squares_[j];
        }
        const Double q = Lanes::load(squares);
        const Double n = Lanes::load(counts);
        const auto share = [&](Double square, std::int32_t i) { return square / (n - Lanes::of(count_[i])); };
        const Best best = best_of(Lanes::load(sums), q, low, high, share);
        double wheres[Lanes::count];
        double highest[Lanes::count];
        Lanes::store(wheres, best.where);
        Lanes::store(highest, best.limit + Lanes::of(slack_) + q);
        Pivots pivots;
        for (int lane = 0; lane < Lanes::count; ++lane)
            pivots.where[lane] = static_cast<std::int32_t>(wheres[lane]);
        pivots.highest = highest[Lanes::count - 1];
        return pivots;
    }

    /// F of all places of the parts that end with pivots.
    template <int levels>
    void fill_parts(std::int32_t first, std::int32_t low, const Pivots& pivots)
    {
        for (int lane = 0; lane < Lanes::count && first <= size_; ++lane, first += width_of(levels - 1)) {
            const std::int32_t high = pivots.where[lane];
            if constexpr (levels == 1)
                fill_neighbours(first, low, high);
            else
                fill_parts<levels - 1>(first, low, pivots_of(first, width_of(levels - 2), low, high));
            low = high;
        }
    }

    /// F of as many neighbours as there are lanes, from i in [low, high], then from one another.
    void fill_neighbours(std::int32_t first, std::int32_t low, std::int32_t high)
    {
        const Double s = Lanes::load(sum_ + first);
        const Double n = Lanes::load(count_ + first);
        const Double q = Lanes::load(squares_ + first);
        const auto share = [&](Double square, std::int32_t i) {
            if constexpr (all_distinct)
                return square * Lanes::load(reciprocal_ + first - i);
            else
                return square / (n - Lanes::of(count_[i]));
        };
        Best best = best_of(s, q, low, high, share);
        keep(first, best, q);
        const Double numbers = Lanes::load(lane_numbers);
        for (std::int32_t i = first; i < first + Lanes::count - 1; ++i) {
            if (!Lanes::any((Lanes::of(potential_[i] + price_ - guard_) < best.limit + q) &
                            (Lanes::of(i - first) < numbers)))
                return;
            const Double rest = s - Lanes::of(sum_[i]);
            const Double total = Lanes::of(open_[i]) - rest * rest / (n - Lanes::of(count_[i]));
            const Mask better = (total < best.limit) & (Lanes::of(i - first) < numbers);
            best.limit = Lanes::select(better, total - Lanes::of(slack_), best.limit);
            best.where = Lanes::select(better, Lanes::of(i), best.where);
            keep(first, best, q);
        }
    }

    void keep(std::int32_t first, const Best& best, Double q)
    {
        const Double found = best.limit + Lanes::of(slack_);
        Lanes::store(potential_ + first, found + q);
        Lanes::store(open_ + first, found + Lanes::of(price_));
        Lanes::store(predecessor_ + first, best.where);
    }

    /// @param share (square, i) → square over the number of values from i on
    template <class Share>
    Best best_of(Double s, Double q, std::int32_t low, std::int32_t high, Share share) const
    {
        Best best{Lanes::of(std::numeric_limits<double>::infinity()), Lanes::of(low)};
        Double at = Lanes::of(low);
        for (std::int32_t i = low; i <= high; ++i) {
            const Double rest = s - Lanes::of(sum_[i]);
            const Double total = Lanes::of(open_[i]) - share(rest * rest, i);
            const Mask better = total < best.limit;
            best.limit = Lanes::select(better, total - Lanes::of(slack_), best.limit);
            best.where = Lanes::select(better, at, best.where);
            at = at + Lanes::of(1);
            if ((i & 3) == 3 && !Lanes::any(Lanes::of(potential_[i] + price_ - guard_) < best.limit + q))
                break;
        }
        return best;
    }

    std::int32_t size_;
    const double* count_;
    const double* sum_;
    const double* squares_;
    double rounding_;
    double slack_;
    double guard_;
    const double* reciprocal_;
    double* potential_;
    double* open_;
    double* predecessor_;
    double price_ = 0;
};

namespace {

/// A price with `clusters` edges, between bounds that close in: the least cost falls like 1/k², so prices go like 1/k³.
template <class Search>
bool find_price(Search& search, int clusters, double& price)
{
    double low = 0;
    double high = std::numeric_limits<double>::infinity();
    constexpr int most_tries = 12;
    for (int tries = 0; tries < most_tries; ++tries) {
        const int edges = search.find_path(price);
        if (edges == clusters)
            return true;
        (edges > clusters ? low : high) = price;
        const double ratio = static_cast<double>(edges) / clusters;
        double next = price * ratio * ratio * ratio;
        if (tries >= 3 || !(low < next && next < high))
            next = high == std::numeric_limits<double>::infinity() ? 2 * low : low == 0 ? high / 2 : (low + high) / 2;
        price = next;
    }
    return false;
}

}  // namespace

std::span<const std::int32_t> PenalisedClusters::boundaries(const ClusterSums& sums, int clusters)
{
    const std::int32_t size = sums.size();
    const std::size_t entries = static_cast<std::size_t>(size) + 1 + ClusterSums::padding;
    for (std::vector<double>* numbers : {&potential_, &open_, &predecessor_})
        if (numbers->size() < entries)
            numbers->resize(entries);
    while (reciprocal_.size() < entries)
        reciprocal_.push_back(1.0 / static_cast<double>(reciprocal_.size()));
    boundaries_.clear();
    run_vectorised([&]<VectorLevel level>(Level<level>) {
        if (sums.count()[size] == size)
            search<PenalisedSearch<DoubleLanes<level>, true>>(sums, clusters);
        else
            search<PenalisedSearch<DoubleLanes<level>, false>>(sums, clusters);
    });
    std::reverse(boundaries_.begin(), boundaries_.end());
    return boundaries_;
}

template <class Search>
void PenalisedClusters::search(const ClusterSums& sums, int clusters)
{
    const double variance = sums.cost(0, sums.size());
    const double normal_ratio = 5.44 / (1.0 * clusters * clusters * clusters);  // √3·π/k³
    double price = variance * (price_ratio_ == 0 ? normal_ratio : price_ratio_);
    Search search(sums, *this);
    if (!find_price(search, clusters, price))
        return;
    const double weight = price_ratio_ == 0 ? 1 : 0.125;
    price_ratio_ += weight * (price / variance - price_ratio_);
    const double levels = std::bit_width(static_cast<std::uint32_t>(sums.size())) + 1;
    const double margin = 4.0 * clusters * (levels + 10) * sums.rounding();
    for (std::int32_t j = sums.size(); j > 0; j = search.predecessor_at(j)) {
        boundaries_.push_back(j);
        if (!search.is_alone(j, margin)) {
            boundaries_.clear();
            return;
        }
    }
}

}  // namespace specsweep::quantize
