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

/// Sixteen running sums of each dot product of a row.
struct DotSums {
    std::array<double, lanes> output[ForwardSums::probes] = {};
    std::array<double, lanes> error[ForwardSums::probes] = {};
};

static_assert(ForwardSums::probes == 2);

// Both probes at once: a row is widened and subtracted once.
__attribute__((target_clones("avx512f", "avx2", "default"))) void dot_sums(const float* original, const float* decoded,
                                                                           const double* x, const double* y,
                                                                           std::size_t cols, DotSums& total)
{
    DotSums sums = total;
    std::size_t c = 0;
    for (; c + lanes <= cols; c += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double w = original[c + lane];
            const double e = static_cast<double>(decoded[c + lane]) - w;
            sums.output[0][lane] += w * x[c + lane];
            sums.output[1][lane] += w * y[c + lane];
            sums.error[0][lane] += e * x[c + lane];
            sums.error[1][lane] += e * y[c + lane];
        }
    for (std::size_t lane = 0; c < cols; ++c, ++lane) {
        const double w = original[c];
        const double e = static_cast<double>(decoded[c]) - w;
        sums.output[0][lane] += w * x[c];
        sums.output[1][lane] += w * y[c];
        sums.error[0][lane] += e * x[c];
        sums.error[1][lane] += e * y[c];
    }
    total = sums;
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
    for (std::size_t begin = 0; begin < original.size(); begin += static_cast<std::size_t>(cols_)) {
        DotSums row;
        dot_sums(original.data() + begin, decoded.data() + begin, x_[0].data(), x_[1].data(),
                 static_cast<std::size_t>(cols_), row);
        for (std::size_t p = 0; p < x_.size(); ++p) {
            const double output = tree_sum(row.output[p]);
            const double error = tree_sum(row.error[p]);
            sums.output[p] += output * output;
            sums.error[p] += error * error;
        }
    }
    return sums;
}

}  // namespace specsweep::measure
