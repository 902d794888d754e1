#include "measure/pair_moments.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace specsweep::measure {
namespace {

constexpr std::int64_t lanes = 16;
using Lanes = std::array<double, lanes>;

struct RowSums {
    Lanes inner{};
    Lanes square{};
    Lanes magnitude{};
    Lanes greatest{};
};

double tree_sum(Lanes values)
{
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i)
            values[i] += values[i + half];
    return values[0];
}

inline void add(RowSums& sums, std::size_t lane, float original, float decoded, double& column_sum)
{
    const double w = original;
    const double e = static_cast<double>(decoded) - w;
    sums.inner[lane] += w * e;
    sums.square[lane] += e * e;
    const double magnitude = std::abs(e);
    sums.magnitude[lane] += magnitude;
    sums.greatest[lane] = std::max(sums.greatest[lane], magnitude);
    column_sum += magnitude;
}

// Lanes are explicit, so the order of the sums, and with it every bit, is the same in each clone.
__attribute__((target_clones("avx512f", "avx2", "default"))) void row_sums(const float* original, const float* decoded,
                                                                           std::int64_t cols, RowSums& sums,
                                                                           double* column_sums)
{
    std::int64_t c = 0;
    for (; c + lanes <= cols; c += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            add(sums, lane, original[c + static_cast<std::int64_t>(lane)], decoded[c + static_cast<std::int64_t>(lane)],
                column_sums[c + static_cast<std::int64_t>(lane)]);
    for (std::size_t lane = 0; c < cols; ++c, ++lane)
        add(sums, lane, original[c], decoded[c], column_sums[c]);
}

}  // namespace

PairMoments panel_moments(std::span<const float> original, std::span<const float> decoded, std::int64_t cols,
                          std::span<double> column_sums)
{
    PairMoments total;
    for (std::size_t begin = 0; begin < original.size(); begin += static_cast<std::size_t>(cols)) {
        RowSums sums;
        row_sums(original.data() + begin, decoded.data() + begin, cols, sums, column_sums.data());
        total.inner_product += tree_sum(sums.inner);
        total.error_frobenius_squared += tree_sum(sums.square);
        total.row_sum_max = std::max(total.row_sum_max, tree_sum(sums.magnitude));
        for (const double greatest : sums.greatest)
            total.error_max = std::max(total.error_max, greatest);
    }
    return total;
}

void accumulate(PairMoments& a, const PairMoments& b)
{
    a.inner_product += b.inner_product;
    a.error_frobenius_squared += b.error_frobenius_squared;
    a.error_max = std::max(a.error_max, b.error_max);
    a.row_sum_max = std::max(a.row_sum_max, b.row_sum_max);
    a.zeroed += b.zeroed;
    a.clipped += b.clipped;
}

}  // namespace specsweep::measure
