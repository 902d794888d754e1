#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace specsweep {

/// a·b and a+b where they fit into 64 bits: for numbers that come from a file.
constexpr std::optional<std::int64_t> multiply_if_fits(std::int64_t a, std::int64_t b)
{
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product))
        return std::nullopt;
    return product;
}

constexpr std::optional<std::int64_t> add_if_fits(std::int64_t a, std::int64_t b)
{
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum))
        return std::nullopt;
    return sum;
}

/// The same for our own numbers. @throws InternalError on overflow.
inline std::int64_t checked_multiply(std::int64_t a, std::int64_t b)
{
    if (const auto product = multiply_if_fits(a, b))
        return *product;
    throw InternalError("integer overflow in a product");
}

inline std::int64_t checked_add(std::int64_t a, std::int64_t b)
{
    if (const auto sum = add_if_fits(a, b))
        return *sum;
    throw InternalError("integer overflow in a sum");
}

/// Narrowing at the border to LAPACK, MPI and HDF5. @throws InternalError when the value does not fit.
template <std::integral To, std::integral From>
constexpr To checked_cast(From value)
{
    if (!std::in_range<To>(value))
        throw InternalError("integer does not fit its target type");
    return static_cast<To>(value);
}

/// ⌈value / by⌉ for value ≥ 0, by > 0.
template <std::integral T>
constexpr T divide_up(T value, T by)
{
    return static_cast<T>(value / by + (value % by != 0 ? 1 : 0));
}

/// Smallest multiple of `multiple` that is ≥ value.
template <std::integral T>
constexpr T round_up(T value, T multiple)
{
    return static_cast<T>(divide_up(value, multiple) * multiple);
}

}  // namespace specsweep
