#include "quantize/formats/magnitude_levels.hpp"

#include <set>

namespace specsweep::quantize {

namespace {

double power(int exponent)
{
    return std::ldexp(1.0, -exponent);
}

struct PowerSets {
    std::vector<double> first{0};
    std::vector<double> second{0};
    std::vector<double> third{0};
};

PowerSets power_sets(int magnitude_bits)
{
    switch (magnitude_bits) {
        case 2:
            return {{0, power(1), power(2), power(3)}, {0}, {0}};
        case 3:
            return {{0, power(1), power(2), power(4)}, {0, power(3)}, {0}};
        case 4:
            return {{0, power(1), power(3), power(5)}, {0, power(2), power(4), power(6)}, {0}};
        case 5:
            return {{0, power(1), power(3), power(6)}, {0, power(2), power(4), power(7)}, {0, power(5)}};
        default:
            return {{0, power(1), power(4), power(7)},
                    {0, power(2), power(5), power(8)},
                    {0, power(3), power(6), power(9)}};
    }
}

double density(double x)
{
    return std::isinf(x) ? 0 : std::exp(-x * x / 2) / std::sqrt(2 * M_PI);
}

/// P(X > x), accurate in the tail.
double tail(double x)
{
    return 0.5 * std::erfc(x / std::sqrt(2.0));
}

/// One Newton step on F_i(x) = x_i − mean of cell i: the Jacobian is tridiagonal. @return largest correction.
double newton_step(std::vector<double>& x)
{
    const std::size_t n = x.size();
    std::vector<double> below(n), middle(n), above(n), residual(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double low = i == 0 ? 0 : (x[i - 1] + x[i]) / 2;
        const double high = i + 1 == n ? HUGE_VAL : (x[i] + x[i + 1]) / 2;
        const double mass = tail(low) - tail(high);
        const double mean = (density(low) - density(high)) / mass;
        const double by_low = i == 0 ? 0 : density(low) * (mean - low) / mass / 2;
        const double by_high = i + 1 == n ? 0 : density(high) * (high - mean) / mass / 2;
        residual[i] = x[i] - mean;
        below[i] = -by_low;
        middle[i] = 1 - by_low - by_high;
        above[i] = -by_high;
    }
    for (std::size_t i = 1; i < n; ++i) {
        const double factor = below[i] / middle[i - 1];
        middle[i] -= factor * above[i - 1];
        residual[i] -= factor * residual[i - 1];
    }
    double largest = 0;
    double next = 0;
    for (std::size_t i = n; i-- > 0;) {
        next = (residual[i] - above[i] * next) / middle[i];
        x[i] -= next;
        largest = std::max(largest, std::abs(next));
    }
    return largest;
}

/// Levels of the compander with density ∝ φ^(1/3), a normal of variance 3: close to optimal for many levels.
std::vector<double> companded_levels(std::size_t count)
{
    std::vector<double> levels;
    for (std::size_t i = 0; i < count; ++i) {
        const double target = (static_cast<double>(i) + 0.5) / static_cast<double>(count);  // P(0 < X < x)·2
        double low = 0;
        double high = 20;
        for (int step = 0; step < 60; ++step) {
            const double middle = (low + high) / 2;
            (std::erf(middle / std::sqrt(6.0)) < target ? low : high) = middle;
        }
        levels.push_back(low);
    }
    return levels;
}

}  // namespace

MagnitudeLevels MagnitudeLevels::with_midpoints(const std::vector<double>& levels)
{
    MagnitudeLevels table;
    for (const double level : levels)
        table.levels.push_back(static_cast<float>(level));
    for (std::size_t k = 0; k + 1 < levels.size(); ++k)
        table.thresholds.push_back((table.levels[k] + table.levels[k + 1]) / 2);
    return table;
}

std::vector<float> MagnitudeLevels::signed_levels() const
{
    std::vector<float> all;
    for (auto level = levels.rbegin(); level != levels.rend(); ++level)
        if (*level != 0)
            all.push_back(-*level);
    all.insert(all.end(), levels.begin(), levels.end());
    return all;
}

MagnitudeLevels apot_levels(int bits)
{
    const PowerSets sets = power_sets(bits - 1);
    std::set<double> sums;
    for (const double a : sets.first)
        for (const double b : sets.second)
            for (const double c : sets.third)
                sums.insert(a + b + c);
    const float inverse = 1.0F / static_cast<float>(*sums.rbegin());
    std::vector<double> levels;
    levels.reserve(sums.size());
    for (const double sum : sums)
        levels.push_back(static_cast<float>(sum) * inverse);
    return MagnitudeLevels::with_midpoints(levels);
}

MagnitudeLevels mulaw_levels(int bits)
{
    constexpr double mu = 255;
    const int top = (1 << (bits - 1)) - 1;
    const auto expanded = [&](double q) { return static_cast<float>(std::expm1(q / top * std::log1p(mu)) / mu); };
    MagnitudeLevels table;
    for (int q = 0; q <= top; ++q) {
        table.levels.push_back(q == top ? 1.0F : expanded(q));
        if (q < top)
            table.thresholds.push_back(expanded(q + 0.5));
    }
    return table;
}

MagnitudeLevels lloyd_levels(int bits)
{
    std::vector<double> levels = companded_levels(std::size_t{1} << (bits - 1));
    for (int step = 0; step < 100; ++step)
        if (newton_step(levels) < 1e-14)
            break;
    return MagnitudeLevels::with_midpoints(levels);
}

}  // namespace specsweep::quantize
