#include "spectrum/tridiagonal.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/scale.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {

ScaledTridiagonal::ScaledTridiagonal(std::span<const double> diagonal, std::span<const double> subdiagonal)
    : diagonal_(diagonal.begin(), diagonal.end()), squared_(diagonal.size())
{
    const std::size_t n = diagonal.size();
    if (n == 0 || subdiagonal.size() + 1 < n)
        throw InternalError("shapes of a tridiagonal matrix do not fit");
    // Halves, so that the sum of three large numbers does not overflow.
    double largest = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double left = i > 0 ? std::fabs(subdiagonal[i - 1]) / 4 : 0;
        const double right = i + 1 < n ? std::fabs(subdiagonal[i]) / 4 : 0;
        largest = std::max(largest, std::fabs(diagonal[i]) / 4 + left + right);
    }
    zero_ = largest == 0;
    if (zero_)
        return;
    std::frexp(largest, &exponent_);
    exponent_ += 3;  // quarters, then into [¼, ½)
    norm_ = scale_by_power(largest, 2 - exponent_);
    for (std::size_t i = 0; i < n; ++i) {
        diagonal_[i] = scale_by_power(diagonal[i], -exponent_);
        const double b = i > 0 ? scale_by_power(subdiagonal[i - 1], -exponent_) : 0;
        squared_[i] = i > 0 ? std::max(b * b, 1e-36) : 0;
    }
}

ScaledTridiagonal ScaledTridiagonal::golub_kahan(std::span<const double> diagonal,
                                                 std::span<const double> superdiagonal)
{
    const std::size_t n = diagonal.size();
    const std::vector<double> zeros(2 * n);
    std::vector<double> interleaved;
    interleaved.reserve(2 * n);
    for (std::size_t i = 0; i < n; ++i) {
        interleaved.push_back(diagonal[i]);
        if (i + 1 < n)
            interleaved.push_back(superdiagonal[i]);
    }
    return {zeros, interleaved};
}

double ScaledTridiagonal::count_error() const
{
    return 9.1 * unit_roundoff * norm_ + 2e-18;
}

}  // namespace specsweep::spectrum
