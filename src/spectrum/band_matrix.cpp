#include "spectrum/band_matrix.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace specsweep::spectrum {

BandMatrix::BandMatrix(std::int64_t order, std::int64_t half_width, std::span<double> memory)
    : order_(order), half_width_(half_width), origin_(memory.data() + half_width)
{
    if (std::ssize(memory) < memory_needed(order, half_width))
        throw InternalError("no room for a band matrix");
    std::fill_n(memory.data(), memory_needed(order, half_width), 0.0);
}

std::int64_t BandMatrix::memory_needed(std::int64_t order, std::int64_t half_width)
{
    // (i, j) = (order + 3b, order + 3b) is the last that a kernel touches, and b before the origin for the mirror
    // image.
    return (3 * half_width + 1) * (order + 3 * half_width + 1) + 4 * half_width;
}

void BandMatrix::set(std::int64_t i, std::int64_t j, double value) const
{
    *at(i, j) = value;
    if (i - j < half_width_)
        *at(j, i) = value;
}

}  // namespace specsweep::spectrum
