#include "spectrum/sturm.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace specsweep::spectrum {
namespace {

constexpr std::size_t most_shifts_at_once = 32;
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;
constexpr std::uint64_t exponent_bits = std::uint64_t{0x7ff} << 52;

/// State of `vectors` × `lanes` shifts: p_i, p_{i−1}, sign changes so far, and the exponents taken out.
template <int lanes, int vectors>
struct Lockstep {
    using Bits = typename VectorTypes<lanes>::Bits;
    using Integers = typename VectorTypes<lanes>::Integers;
    Vec<lanes> x[vectors];
    Vec<lanes> current[vectors];
    Vec<lanes> previous[vectors];
    Bits changes[vectors];
    Integers exponent[vectors];
};

template <int lanes, int vectors>
SPECSWEEP_ALWAYS_INLINE void step(Lockstep<lanes, vectors>& s, double a, double squared)
{
    using Bits = typename VectorTypes<lanes>::Bits;
    for (int v = 0; v < vectors; ++v) {
        const Vec<lanes> next = (a - s.x[v]) * s.current[v] - squared * s.previous[v];
        s.changes[v] += ((Bits)next ^ (Bits)s.current[v]) >> 63;
        s.previous[v] = s.current[v];
        s.current[v] = next;
    }
}

/// Multiplies p_i and p_{i−1} by the power of two that brings the larger one into [1, 2).
template <int lanes, int vectors>
SPECSWEEP_ALWAYS_INLINE void rescale(Lockstep<lanes, vectors>& s)
{
    using Bits = typename VectorTypes<lanes>::Bits;
    using Integers = typename VectorTypes<lanes>::Integers;
    for (int v = 0; v < vectors; ++v) {
        const Bits c = (Bits)s.current[v] & ~sign_bit;
        const Bits p = (Bits)s.previous[v] & ~sign_bit;
        const Bits biased = (c > p ? c : p) & exponent_bits;
        const Vec<lanes> scale = (Vec<lanes>)((std::uint64_t{0x7fe} << 52) - biased);
        s.current[v] *= scale;
        s.previous[v] *= scale;
        s.exponent[v] += (Integers)(biased >> 52) - 1023;
    }
}

template <int lanes, int vectors>
SPECSWEEP_ALWAYS_INLINE void evaluate_body(const double* a, const double* squared, std::int64_t n, const double* shifts,
                                           SturmValue* values)
{
    Lockstep<lanes, vectors> s;
    for (int v = 0; v < vectors; ++v) {
        __builtin_memcpy(&s.x[v], shifts + v * lanes, sizeof s.x[v]);
        s.current[v] = Vec<lanes>{} + 1.0;
        s.previous[v] = Vec<lanes>{};
        s.changes[v] = typename VectorTypes<lanes>::Bits{};
        s.exponent[v] = typename VectorTypes<lanes>::Integers{};
    }
    constexpr std::int64_t between_rescalings = 8;
    std::int64_t i = 0;
    for (; i + between_rescalings <= n; i += between_rescalings) {
        for (std::int64_t k = i; k < i + between_rescalings; ++k)
            step(s, a[k], squared[k]);
        rescale(s);
    }
    for (; i < n; ++i)
        step(s, a[i], squared[i]);
    rescale(s);
    for (int v = 0; v < vectors; ++v)
        for (int l = 0; l < lanes; ++l)
            values[v * lanes + l] = {static_cast<std::int64_t>(s.changes[v][l]), s.current[v][l], s.exponent[v][l]};
}

// As many shifts at once as hide the latency of the recurrence and still fit into registers.
SPECSWEEP_TARGET_AVX512 void evaluate_avx512(const double* a, const double* squared, std::int64_t n,
                                             const double* shifts, SturmValue* values)
{
    evaluate_body<8, 4>(a, squared, n, shifts, values);
}

SPECSWEEP_TARGET_AVX2 void evaluate_avx2(const double* a, const double* squared, std::int64_t n, const double* shifts,
                                         SturmValue* values)
{
    evaluate_body<4, 3>(a, squared, n, shifts, values);
}

void evaluate_plain(const double* a, const double* squared, std::int64_t n, const double* shifts, SturmValue* values)
{
    evaluate_body<2, 3>(a, squared, n, shifts, values);
}

struct Kernel {
    void (*evaluate)(const double*, const double*, std::int64_t, const double*, SturmValue*);
    std::size_t shifts_at_once;
};

Kernel kernel_for(InstructionSet instructions)
{
    switch (instructions) {
        case InstructionSet::avx512:
            return {evaluate_avx512, 32};
        case InstructionSet::avx2:
            return {evaluate_avx2, 12};
        case InstructionSet::plain:
            break;
    }
    return {evaluate_plain, 6};
}

}  // namespace

void evaluate_sturm(const ScaledTridiagonal& matrix, std::span<const double> shifts, std::span<SturmValue> values,
                    InstructionSet instructions)
{
    if (values.size() < shifts.size())
        throw InternalError("no place for a Sturm count");
    const Kernel kernel = kernel_for(instructions);
    std::array<double, most_shifts_at_once> x;
    std::array<SturmValue, most_shifts_at_once> result;
    for (std::size_t first = 0; first < shifts.size(); first += kernel.shifts_at_once) {
        const std::size_t count = std::min(kernel.shifts_at_once, shifts.size() - first);
        x.fill(shifts[first]);
        std::copy_n(shifts.begin() + static_cast<std::ptrdiff_t>(first), count, x.begin());
        kernel.evaluate(matrix.diagonal().data(), matrix.squared_subdiagonal().data(), matrix.order(), x.data(),
                        result.data());
        std::copy_n(result.begin(), count, values.begin() + static_cast<std::ptrdiff_t>(first));
    }
}

}  // namespace specsweep::spectrum
