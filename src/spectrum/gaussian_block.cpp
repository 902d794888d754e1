#include "spectrum/gaussian_block.hpp"

#include <cmath>

namespace specsweep::spectrum {
namespace {

constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15;

std::uint64_t mixed(std::uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

/// In (0, 1): 53 bits and a half.
double uniform(std::uint64_t bits)
{
    return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53;
}

}  // namespace

void fill_gaussian(linalg::MatrixView block, std::uint64_t seed)
{
    constexpr double two_pi = 6.283185307179586;
    const std::uint64_t stream = mixed(seed + golden_ratio);
    for (std::int64_t j = 0; j < block.cols; ++j)
        for (std::int64_t i = 0; i < block.rows; ++i) {
            const auto counter = 2 * (static_cast<std::uint64_t>(j) * 0x100000001 + static_cast<std::uint64_t>(i));
            const double radius = uniform(mixed(stream + (counter + 1) * golden_ratio));
            const double angle = uniform(mixed(stream + (counter + 2) * golden_ratio));
            block(i, j) = std::sqrt(-2 * std::log(radius)) * std::cos(two_pi * angle);
        }
}

}  // namespace specsweep::spectrum
