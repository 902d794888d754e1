#pragma once

#include <cstdint>
#include <cstring>

#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

/// Written out for each level: GCC 12 drops attributes that depend on template parameters.
template <VectorLevel level>
struct LaneTypes {
    using Float [[gnu::vector_size(16)]] = float;
    using Int [[gnu::vector_size(16)]] = std::int32_t;
};
template <>
struct LaneTypes<VectorLevel::avx2> {
    using Float [[gnu::vector_size(32)]] = float;
    using Int [[gnu::vector_size(32)]] = std::int32_t;
};
template <>
struct LaneTypes<VectorLevel::avx512> {
    using Float [[gnu::vector_size(64)]] = float;
    using Int [[gnu::vector_size(64)]] = std::int32_t;
};

/// One vector register of a level as the compilers' own vector type, for kernels that treat as many blocks side by side
/// as there are lanes: each lane goes through the operations of the scalar formula in their order, so the bits are the
/// same for every number of lanes. What takes or returns them must be inlined into run_vectorised().
template <VectorLevel level_>
struct Lanes {
    static constexpr VectorLevel level = level_;
    static constexpr int count = level == VectorLevel::avx512 ? 16 : level == VectorLevel::avx2 ? 8 : 4;

    using Float = typename LaneTypes<level>::Float;
    using Int = typename LaneTypes<level>::Int;

    static Float of(float value) { return value - Float{}; }

    static Float load(const float* from)
    {
        Float to;
        std::memcpy(&to, from, sizeof to);
        return to;
    }

    static void store(float* to, Float from) { std::memcpy(to, &from, sizeof from); }

    static Float magnitude(Float x) { return reinterpret_cast<Float>(reinterpret_cast<Int>(x) & INT32_MAX); }
    static Float smaller(Float a, Float b) { return a < b ? a : b; }
    static Float larger(Float a, Float b) { return a > b ? a : b; }
    static Float round_small(Float x) { return (x + 0x1.8p23F) - 0x1.8p23F; }

    /// function(x[lane]) in every lane, one after another.
    template <class Function>
    static Float each(Float x, Function function)
    {
        for (int lane = 0; lane < count; ++lane)
            x[lane] = function(x[lane]);
        return x;
    }

    /// Rows of `length` weights, one behind the other: columns[i] has the i-th weight of each of `count` rows.
    template <int length>
    static void load_columns(const float* rows, Float* columns)
    {
        for (int i = 0; i < length; ++i)
            for (int lane = 0; lane < count; ++lane)
                columns[i][lane] = rows[lane * length + i];
    }

    template <int length>
    static void store_columns(const Float* columns, float* rows)
    {
        for (int i = 0; i < length; ++i)
            for (int lane = 0; lane < count; ++lane)
                rows[lane * length + i] = columns[i][lane];
    }
};

}  // namespace specsweep::quantize
