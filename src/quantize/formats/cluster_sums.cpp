#include "quantize/formats/cluster_sums.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::quantize {

namespace {

/// A running sum and how far it is from the exact one (Knuth's TwoSum).
struct FollowedSum {
    double value = 0;
    double error = 0;
    double largest_error = 0;

    void add(double x)
    {
        const double next = value + x;
        const double added = next - value;
        error += (value - (next - added)) + (x - added);
        value = next;
        largest_error = std::max(largest_error, std::abs(error));
    }
};

}  // namespace

void ClusterSums::assign(std::span<const float> sorted)
{
    const std::size_t most = sorted.size() + 1 + padding;
    for (std::vector<double>* numbers : {&count_, &sum_, &squares_})
        if (numbers->size() < most)
            numbers->resize(most);
    FollowedSum sum;
    FollowedSum squares;
    double count = 0;
    std::size_t used = 0;
    for (std::size_t i = 0; i < sorted.size();) {
        std::size_t end = i + 1;
        while (end < sorted.size() && sorted[end] == sorted[i])
            ++end;
        const double w = sorted[i];
        const auto n = static_cast<double>(end - i);
        count += n;
        sum.add(n * w);
        squares.add(n * w * w);
        ++used;
        count_[used] = count;
        sum_[used] = sum.value;
        squares_[used] = squares.value;
        i = end;
    }
    size_ = static_cast<std::int32_t>(used);
    for (std::size_t i = used + 1; i <= used + padding; ++i) {
        count_[i] = count_[i - 1] + 1;
        sum_[i] = sum.value;
        squares_[i] = squares.value;
    }
    const double largest = sorted.empty() ? 0 : std::max(-sorted.front(), sorted.back());
    rounding_ = 1.125 * (2 * squares.largest_error + 4 * largest * sum.largest_error + 30 * 0x1p-53 * squares.value);
}

}  // namespace specsweep::quantize
