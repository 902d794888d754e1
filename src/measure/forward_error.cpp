#include "measure/forward_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/counter_random.hpp"

namespace specsweep::measure {
namespace {

constexpr std::size_t lanes = 16;

double tree_sum(std::array<double, lanes> values)
{
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i)
            values[i] += values[i + half];
    return values[0];
}

struct Dots {
    double output, error;
};

struct DotSums {
    std::array<double, lanes> output{}, error{};
};

__attribute__((target_clones("avx512f", "avx2", "default"))) void dot_sums(const float* original, const float* decoded,
                                                                           const double* x, std::size_t cols,
                                                                           DotSums& sums)
{
    std::size_t c = 0;
    for (; c + lanes <= cols; c += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double w = original[c + lane];
            sums.output[lane] += w * x[c + lane];
            sums.error[lane] += (static_cast<double>(decoded[c + lane]) - w) * x[c + lane];
        }
    for (std::size_t lane = 0; c < cols; ++c, ++lane) {
        const double w = original[c];
        sums.output[lane] += w * x[c];
        sums.error[lane] += (static_cast<double>(decoded[c]) - w) * x[c];
    }
}

Dots dots(const float* original, const float* decoded, const std::vector<double>& x)
{
    DotSums sums;
    dot_sums(original, decoded, x.data(), x.size(), sums);
    return {tree_sum(sums.output), tree_sum(sums.error)};
}

}  // namespace

void ForwardSums::add(const ForwardSums& other)
{
    for (std::size_t p = 0; p < probes; ++p) {
        output[p] += other.output[p];
        error[p] += other.error[p];
    }
}

double ForwardSums::rms() const
{
    double out = 0;
    double err = 0;
    for (std::size_t p = 0; p < probes; ++p) {
        out += output[p];
        err += error[p];
    }
    return out > 0 ? std::sqrt(err / out) : std::numeric_limits<double>::quiet_NaN();
}

double ForwardSums::worst() const
{
    double most = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t p = 0; p < probes; ++p)
        if (output[p] > 0)
            most = std::fmax(most, std::sqrt(error[p] / output[p]));
    return most;
}

Probes::Probes(std::uint64_t seed, std::int64_t cols) : cols_(cols)
{
    for (std::size_t p = 0; p < x_.size(); ++p) {
        const metrics::CounterRandom random(seed, p);
        x_[p].resize(static_cast<std::size_t>(cols));
        for (std::size_t c = 0; c < x_[p].size(); ++c)
            x_[p][c] = random.normal(c);
    }
}

ForwardSums Probes::panel(std::span<const float> original, std::span<const float> decoded) const
{
    ForwardSums sums;
    for (std::size_t begin = 0; begin < original.size(); begin += static_cast<std::size_t>(cols_))
        for (std::size_t p = 0; p < x_.size(); ++p) {
            const Dots row = dots(original.data() + begin, decoded.data() + begin, x_[p]);
            sums.output[p] += row.output * row.output;
            sums.error[p] += row.error * row.error;
        }
    return sums;
}

}  // namespace specsweep::measure
