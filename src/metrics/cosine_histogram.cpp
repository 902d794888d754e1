#include "metrics/cosine_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::metrics {

namespace {

constexpr std::size_t outer_bins = 20;
constexpr std::size_t inner_bins = 64;
static_assert(2 * outer_bins + inner_bins == cosine_bins);

constexpr std::array<double, cosine_bins + 1> make_edges()
{
    std::array<double, cosine_bins + 1> edges{};
    for (std::size_t i = 0; i <= inner_bins; ++i)
        edges[outer_bins + i] = -4 + static_cast<double>(i) / 8;
    double octave = 4;
    for (std::size_t i = 0; i < outer_bins; i += 4, octave *= 2)
        for (std::size_t quarter = 1; quarter <= 4; ++quarter) {
            const double edge = octave * (1 + static_cast<double>(quarter) / 4);
            edges[outer_bins + inner_bins + i + quarter] = edge;
            edges[outer_bins - i - quarter] = -edge;
        }
    return edges;
}

constexpr std::array<double, cosine_bins + 1> edges = make_edges();

}  // namespace

std::array<double, cosine_bins + 1> cosine_bin_edges()
{
    return edges;
}

std::size_t cosine_bin(double z)
{
    if (z >= -4 && z < 4)
        return static_cast<std::size_t>(static_cast<double>(outer_bins + inner_bins / 2) +
                                        std::floor(z * 8));  // z·8 is exact
    const auto above = std::upper_bound(edges.begin() + 1, edges.end() - 1, z);
    return static_cast<std::size_t>(above - edges.begin()) - 1;
}

}  // namespace specsweep::metrics
