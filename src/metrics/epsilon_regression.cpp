#include "metrics/epsilon_regression.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/line_fit.hpp"
#include "metrics/permutations.hpp"
#include "metrics/quantile.hpp"
#include "metrics/rank_correlation.hpp"

namespace specsweep::metrics {

namespace {

constexpr std::size_t lanes = 4;

struct PermutedSums {
    double y = 0, xy = 0, yy = 0;
};

/// Sums over y_k = d_π(k)·x_k. Four running sums of each kind, so that the additions do not wait for one another, and
/// so that two or four of them fit into one register with the same result.
#if defined(__x86_64__)
__attribute__((target_clones("avx2", "default")))
#endif
PermutedSums
permuted_sums(const double* x, const double* dx, const double* change, const std::uint32_t* order, std::size_t n)
{
    double y[lanes] = {};
    double xy[lanes] = {};
    double yy[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        double value[lanes];
        for (std::size_t lane = 0; lane < lanes; ++lane)
            value[lane] = change[order[i + lane]] * x[i + lane];
        for (std::size_t lane = 0; lane < lanes; ++lane)
            y[lane] += value[lane];
        for (std::size_t lane = 0; lane < lanes; ++lane)
            xy[lane] += value[lane] * dx[i + lane];
        for (std::size_t lane = 0; lane < lanes; ++lane)
            yy[lane] += value[lane] * value[lane];
    }
    for (; i < n; ++i) {
        const double value = change[order[i]] * x[i];
        y[0] += value;
        xy[0] += value * dx[i];
        yy[0] += value * value;
    }
    return {(y[0] + y[1]) + (y[2] + y[3]), (xy[0] + xy[1]) + (xy[2] + xy[3]), (yy[0] + yy[1]) + (yy[2] + yy[3])};
}

/// R² of d_π(k)·x_k on x_k.
double permuted_r2(std::span<const double> x, std::span<const double> dx, double xx, std::span<const double> change,
                   std::span<const std::uint32_t> order)
{
    const PermutedSums sums = permuted_sums(x.data(), dx.data(), change.data(), order.data(), x.size());
    const double variance = sums.yy - sums.y * sums.y / static_cast<double>(x.size());
    return variance > 0 ? std::min(1.0, sums.xy * sums.xy / (xx * variance)) : 0;
}

std::vector<double> null_r2(std::span<const double> x, double xx, std::span<const double> change, std::uint64_t seed)
{
    double mean = 0;
    for (const double value : x)
        mean += value;
    mean /= static_cast<double>(x.size());
    std::vector<double> centred(x.begin(), x.end());
    for (double& value : centred)
        value -= mean;
    const Permutations& permutations = cached_permutations(seed, x.size(), epsilon_permutations);
    std::vector<double> r2;
    for (std::size_t p = 0; p < permutations.count(); ++p)
        r2.push_back(permuted_r2(x, centred, xx, change, permutations[p]));
    std::sort(r2.begin(), r2.end());
    return r2;
}

/// ln ε on ln σ over the values that moved at all.
double slope_of_logs(std::span<const double> sigma, std::span<const double> epsilon)
{
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t k = 0; k < sigma.size(); ++k)
        if (epsilon[k] > 0) {
            x.push_back(std::log(sigma[k]));
            y.push_back(std::log(epsilon[k]));
        }
    return x.empty() ? 0 : fit_line(x, y).slope;
}

}  // namespace

std::optional<EpsilonRegression> epsilon_regression(std::span<const double> sigma, std::span<const double> change,
                                                    std::uint64_t seed)
{
    const std::size_t n = sigma.size();
    if (n < epsilon_fewest || *std::max_element(change.begin(), change.end()) == 0)
        return std::nullopt;
    // 1/σ relative to 1/σ₁: no overflow, and the slope's unit comes back with σ₁.
    const double head = sigma.front();
    std::vector<double> x(n);
    std::vector<double> y(n);
    std::vector<double> relative(n);
    for (std::size_t k = 0; k < n; ++k) {
        x[k] = head / sigma[k];
        relative[k] = change[k] / head;
        y[k] = relative[k] * x[k];
    }
    const LineFit line = fit_line(x, y);
    if (line.xx == 0)
        return std::nullopt;

    EpsilonRegression result;
    result.slope = line.slope * head;
    result.intercept = line.intercept;
    result.r2 = line.r2;
    const std::vector<double> null = null_r2(x, line.xx, relative, seed);
    result.null_05 = quantile(null, 0.05);
    result.null_median = quantile(null, 0.5);
    result.null_95 = quantile(null, 0.95);
    double mean_x = 0;
    for (const double value : x)
        mean_x += value;
    mean_x /= static_cast<double>(n);
    result.leverage_share = (x.back() - mean_x) * (x.back() - mean_x) / line.xx;
    const std::size_t kept = n - std::max<std::size_t>(1, n / 100);
    result.r2_without_top = fit_line(std::span(x).first(kept), std::span(y).first(kept)).r2;
    result.log_slope = slope_of_logs(sigma, y);
    result.spearman = spearman(x, y);
    result.used = static_cast<std::int64_t>(n);
    return result;
}

}  // namespace specsweep::metrics
