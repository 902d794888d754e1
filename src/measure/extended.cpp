#include "measure/extended.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "metrics/counter_random.hpp"
#include "metrics/power_law.hpp"
#include "metrics/tail_exponent.hpp"

namespace specsweep::measure {
namespace {

constexpr std::uint64_t block_stream = 11;
constexpr std::uint64_t shuffle_stream = 12;
constexpr std::size_t fewest_values = 10;

/// Numbers of the submatrices that are looked at, ascending.
std::vector<std::int64_t> chosen_blocks(std::int64_t count, std::uint64_t key)
{
    std::vector<std::int64_t> blocks(static_cast<std::size_t>(count));
    std::iota(blocks.begin(), blocks.end(), std::int64_t{0});
    if (count <= most_farms_blocks)
        return blocks;
    const metrics::CounterRandom random(key, block_stream);
    const auto word = [&](std::int64_t block) { return random.word(static_cast<std::uint64_t>(block)); };
    std::nth_element(blocks.begin(), blocks.begin() + most_farms_blocks, blocks.end(),
                     [&](std::int64_t a, std::int64_t b) { return word(a) < word(b); });
    blocks.resize(most_farms_blocks);
    std::sort(blocks.begin(), blocks.end());
    return blocks;
}

/// Squares of the values that are more than rounding.
void add_energies(const spectrum::Spectrum& spectrum, std::vector<double>& pooled)
{
    for (std::size_t k = 0; k < spectrum.sigma.size(); ++k)
        if (spectrum.sigma[k] > spectrum.error[k] && spectrum.sigma[k] * spectrum.sigma[k] > 0)
            pooled.push_back(spectrum.sigma[k] * spectrum.sigma[k]);
}

double kullback_leibler(const std::vector<double>& p, const std::vector<double>& h)
{
    double sum = 0;
    for (std::size_t i = p.size(); i-- > 0;)
        if (p[i] > 0)
            sum += p[i] * std::log(p[i] / h[i]);
    return sum;
}

std::vector<double> energy_shares(std::span<const double> sigma)
{
    std::vector<double> shares(sigma.begin(), sigma.end());
    double sum = 0;
    for (auto share = shares.rbegin(); share != shares.rend(); ++share) {
        *share = (*share / sigma.front()) * (*share / sigma.front());
        sum += *share;
    }
    for (double& share : shares)
        share /= sum;
    return shares;
}

double jensen_shannon_distance(std::span<const double> before, std::span<const double> after)
{
    const std::vector<double> p = energy_shares(before);
    const std::vector<double> q = energy_shares(after);
    std::vector<double> middle(p.size());
    for (std::size_t i = 0; i < p.size(); ++i)
        middle[i] = (p[i] + q[i]) / 2;
    return std::sqrt(std::max(0.0, (kullback_leibler(p, middle) + kullback_leibler(q, middle)) / 2));
}

std::pair<double, double> largest_and_mean(const std::vector<double>& angles)
{
    return {angles.back(), std::accumulate(angles.begin(), angles.end(), 0.0) / static_cast<double>(angles.size())};
}

}  // namespace

void measure_farms(const DenseSource& matrix, std::uint64_t key, spectrum::Workspace& workspace,
                   metrics::ExtendedMoments& into)
{
    const std::int64_t side = std::min({farms_side, matrix.rows(), matrix.cols()});
    const std::int64_t across = matrix.cols() / side;
    const std::vector<std::int64_t> blocks = chosen_blocks(matrix.rows() / side * across, key);
    std::vector<double> pooled;
    for (const std::int64_t block : blocks) {
        std::vector<double> values;
        values.reserve(static_cast<std::size_t>(side * side));
        const std::int64_t column = block % across * side;
        for (std::int64_t r = 0; r < side; ++r) {
            const double* const begin = matrix.row(block / across * side + r) + column;
            values.insert(values.end(), begin, begin + side);
        }
        DenseSource submatrix(side, side, std::move(values));
        add_energies(spectrum::compute_spectrum(submatrix, {}, workspace), pooled);
    }
    into.farms_blocks = static_cast<double>(blocks.size());
    if (pooled.size() < fewest_values)
        return;
    std::sort(pooled.begin(), pooled.end());
    if (const auto fit = metrics::fit_power_law(pooled))
        into.farms_alpha = fit->alpha;
    if (const auto middle = metrics::hill_alpha_mid(pooled))
        into.farms_alpha_mid = *middle;
    if (const auto hill = metrics::hill_alpha_tenth(pooled))
        into.farms_hill_alpha = *hill;
}

void measure_shuffled(DenseSource& matrix, std::span<const double> sigma, std::uint64_t key,
                      const spectrum::SpectrumRequest& request, spectrum::Workspace& workspace,
                      metrics::ExtendedMoments& into)
{
    std::vector<double>& values = matrix.values();
    const metrics::CounterRandom random(key, shuffle_stream);
    for (std::uint64_t i = values.size(); i-- > 1;)  // Fisher and Yates
        std::swap(values[i], values[random.below(i, i + 1)]);
    const spectrum::Spectrum shuffled = spectrum::compute_spectrum(matrix, request, workspace);
    into.shuffled_sigma_max = shuffled.sigma.front();
    if (sigma.front() > 0)
        into.shuffled_divergence = jensen_shannon_distance(sigma, shuffled.sigma);
}

void measure_subspaces(const spectrum::LeadingVectors& before, const spectrum::LeadingVectors& after,
                       metrics::ExtendedMoments& into)
{
    const std::int64_t rank = std::min(before.rank(), after.rank());
    if (rank == 0)
        return;
    into.subspace_rank = static_cast<double>(rank);
    const auto left = spectrum::principal_angles(before.left.data(), after.left.data(), before.rows, rank);
    const auto right = spectrum::principal_angles(before.right.data(), after.right.data(), before.cols, rank);
    std::tie(into.subspace_left_max, into.subspace_left_mean) = largest_and_mean(left);
    std::tie(into.subspace_right_max, into.subspace_right_mean) = largest_and_mean(right);
    into.leading_left = spectrum::principal_angles(before.left.data(), after.left.data(), before.rows, 1).front();
    into.leading_right = spectrum::principal_angles(before.right.data(), after.right.data(), before.cols, 1).front();
}

}  // namespace specsweep::measure
