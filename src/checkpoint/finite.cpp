#include "checkpoint/finite.hpp"

#include <bit>
#include <cmath>
#include <cstddef>

#include "base/error.hpp"

namespace specsweep::checkpoint {
namespace {

/// All exponent bits are set in an infinity or NaN only; integers, so that the pass over a row is vectorised.
bool all_finite(std::span<const float> values)
{
    constexpr std::uint32_t exponent = 0x7f800000U;
    std::uint32_t bad = 0;
    for (const float value : values)
        bad |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & exponent) == exponent);
    return bad == 0;
}

bool all_finite(std::span<const double> values)
{
    constexpr std::uint64_t exponent = 0x7ff0000000000000U;
    std::uint64_t bad = 0;
    for (const double value : values)
        bad |= static_cast<std::uint64_t>((std::bit_cast<std::uint64_t>(value) & exponent) == exponent);
    return bad == 0;
}

template <class T>
std::optional<Nonfinite> find(std::span<const T> panel, std::int64_t cols, std::int64_t first_row)
{
    if (cols < 1 || panel.size() % static_cast<std::size_t>(cols) != 0)
        throw InternalError("a panel holds whole rows");
    const auto width = static_cast<std::size_t>(cols);
    for (std::size_t start = 0; start < panel.size(); start += width) {
        const std::span<const T> row = panel.subspan(start, width);
        if (all_finite(row))
            continue;
        for (std::size_t col = 0; col < width; ++col)
            if (!std::isfinite(row[col]))
                return Nonfinite{.row = first_row + static_cast<std::int64_t>(start / width),
                                 .col = static_cast<std::int64_t>(col),
                                 .value = static_cast<double>(row[col])};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Nonfinite> first_nonfinite(std::span<const float> panel, std::int64_t cols, std::int64_t first_row)
{
    return find(panel, cols, first_row);
}

std::optional<Nonfinite> first_nonfinite(std::span<const double> panel, std::int64_t cols, std::int64_t first_row)
{
    return find(panel, cols, first_row);
}

}  // namespace specsweep::checkpoint
