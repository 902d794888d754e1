#include "metrics/power_law.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace specsweep::metrics {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The sample as the convention sees it: points with their logarithm and the range of indices that share it.
struct Points {
    std::vector<double> log_x;
    std::vector<double> first;  ///< values below the point; first[count] = n
    std::vector<double> alpha_less_1;
    bool right_limits = false;

    std::size_t count() const { return log_x.size(); }
    double total() const { return first.back(); }
    double tail(std::size_t j) const { return total() - first[j]; }
};

Points make_points(std::span<const double> ascending, KsConvention convention)
{
    Points points;
    points.right_limits = convention == KsConvention::kolmogorov;
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        if (convention != KsConvention::index_ecdf && i > 0 && ascending[i] == ascending[i - 1])
            continue;
        points.log_x.push_back(std::log(ascending[i]));
        points.first.push_back(static_cast<double>(i));
    }
    points.first.push_back(static_cast<double>(ascending.size()));
    points.alpha_less_1.assign(points.count(), infinity);
    double t = 0;
    for (std::size_t j = points.count(); j-- > 1;) {
        t += points.tail(j) * (points.log_x[j] - points.log_x[j - 1]);
        points.alpha_less_1[j - 1] = t > 0 ? points.tail(j - 1) / t : infinity;
    }
    return points;
}

/// Distance of one candidate's fit from the empirical distribution, point by point.
class Distance {
public:
    Distance(const Points& points, std::size_t candidate)
        : points_(points), j_(candidate), rate_(points.alpha_less_1[candidate]), scale_(1 / points.tail(candidate))
    {
    }

    double fitted(std::size_t i) const { return 1 - std::exp(-rate_ * (points_.log_x[i] - points_.log_x[j_])); }
    double left(std::size_t i) const { return (points_.first[i] - points_.first[j_]) * scale_; }

    double at(std::size_t i, double f) const
    {
        const double d = std::abs(f - left(i));
        return points_.right_limits ? std::max(d, std::abs(f - left(i + 1))) : d;
    }

    /// Strictly between two points: no |F − E| is larger. @pre low + 1 < high
    double bound(std::size_t low, double f_low, std::size_t high, double f_high) const
    {
        const double most = left(points_.right_limits ? high : high - 1);
        return std::max(f_high - left(low + 1), most - f_low);
    }

private:
    const Points& points_;
    std::size_t j_;
    double rate_, scale_;
};

struct Worst {
    double d;
    std::size_t where;
};

/// The largest distance, or the first one found above `give_up`. @param hint where a neighbour had its largest.
class WorstSearch {
public:
    Worst operator()(const Points& points, std::size_t candidate, std::size_t hint, double give_up)
    {
        const Distance distance(points, candidate);
        const std::size_t last = points.count() - 1;
        worst_ = {distance.at(candidate, 0), candidate};
        if (hint > candidate && look(distance, hint, distance.fitted(hint)) > give_up)
            return worst_;
        const double f_last = distance.fitted(last);
        look(distance, last, f_last);
        open_.clear();
        open_.push_back({candidate, last, 0, f_last});
        while (!open_.empty() && worst_.d <= give_up) {
            const Interval interval = open_.back();
            open_.pop_back();
            if (interval.low + 1 >= interval.high ||
                distance.bound(interval.low, interval.f_low, interval.high, interval.f_high) <= worst_.d)
                continue;
            const std::size_t middle = interval.low + (interval.high - interval.low) / 2;
            const double f = distance.fitted(middle);
            look(distance, middle, f);
            open_.push_back({middle, interval.high, f, interval.f_high});
            open_.push_back({interval.low, middle, interval.f_low, f});
        }
        return worst_;
    }

private:
    struct Interval {
        std::size_t low, high;
        double f_low, f_high;
    };

    double look(const Distance& distance, std::size_t i, double f)
    {
        const double d = distance.at(i, f);
        if (d > worst_.d)
            worst_ = {d, i};
        return d;
    }

    Worst worst_{};
    std::vector<Interval> open_;
};

PowerLawFit fit_at(std::span<const double> ascending, const Points& points, std::size_t j, double d)
{
    PowerLawFit fit;
    fit.alpha = 1 + points.alpha_less_1[j];
    fit.xmin = ascending[static_cast<std::size_t>(points.first[j])];
    fit.d = d;
    fit.n_tail = static_cast<std::int64_t>(points.tail(j));
    fit.alpha_error = points.alpha_less_1[j] / std::sqrt(points.tail(j));
    return fit;
}

}  // namespace

std::optional<PowerLawFit> fit_power_law(std::span<const double> ascending, KsConvention convention, Candidates allowed)
{
    if (ascending.size() < 2)
        return std::nullopt;
    const Points points = make_points(ascending, convention);
    const std::size_t candidates = points.count() - 1;
    std::vector<std::size_t> hints(candidates, 0);
    WorstSearch worst_of;
    double best = infinity;
    std::size_t winner = candidates;
    const auto consider = [&](std::size_t j, std::size_t neighbour) {
        hints[j] = hints[neighbour];
        if (points.alpha_less_1[j] == infinity ||
            !allowed.allows(ascending[static_cast<std::size_t>(points.first[j])], points.tail(j)))
            return;
        const Worst worst = worst_of(points, j, hints[neighbour], best);
        hints[j] = worst.where;
        if (worst.d < best || (worst.d == best && j < winner)) {
            best = worst.d;
            winner = j;
        }
    };
    // Coarse to fine, so that a good bound is known early and a neighbour's worst point is at hand.
    std::size_t stride = 1;
    while (stride * 2 < candidates)
        stride *= 2;
    for (std::size_t j = 0; j < candidates; j += stride)
        consider(j, j >= stride ? j - stride : 0);
    for (; stride > 1; stride /= 2)
        for (std::size_t j = stride / 2; j < candidates; j += stride)
            consider(j, j - stride / 2);
    if (winner == candidates)
        return std::nullopt;
    return fit_at(ascending, points, winner, best);
}

std::optional<PowerLawFit> runner_up(std::span<const double> ascending, const PowerLawFit& winner,
                                     KsConvention convention, double minimum_tail)
{
    Candidates others;
    others.minimum_tail = minimum_tail;
    others.excluded_low = static_cast<double>(winner.n_tail) / 1.5;
    others.excluded_high = static_cast<double>(winner.n_tail) * 1.5;
    return fit_power_law(ascending, convention, others);
}

std::optional<PowerLawFit> fit_power_law_from(std::span<const double> ascending, double xmin, KsConvention convention)
{
    const auto begin = std::lower_bound(ascending.begin(), ascending.end(), xmin);
    const std::span<const double> tail(begin, ascending.end());
    if (tail.size() < 2)
        return std::nullopt;
    const Points points = make_points(tail, convention);
    if (points.count() < 2 || points.alpha_less_1[0] == infinity)
        return std::nullopt;
    WorstSearch worst_of;
    return fit_at(tail, points, 0, worst_of(points, 0, 0, infinity).d);
}

}  // namespace specsweep::metrics
