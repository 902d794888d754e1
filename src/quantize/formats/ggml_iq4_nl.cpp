#include <array>

#include "quantize/formats/ggml_numbers.hpp"
#include "quantize/formats/ggml_search.hpp"
#include "quantize/formats/wide_table.hpp"

namespace specsweep::quantize {

namespace {

constexpr int block_size = 32;
constexpr std::array<float, 16> table = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// A weight goes to the entry that is nearer in binary32, a tie to the upper one. Middles of neighbours are multiples
/// of ½, around which both differences are exact: so from the middle on it goes up.
constexpr LevelTable<16> entries = [] {
    LevelTable<16> made = LevelTable<16>::with_midpoints(table);
    for (float& threshold : made.thresholds)  // LevelTable leaves ties below
        threshold = std::bit_cast<float>(std::bit_cast<std::int32_t>(threshold) + (threshold < 0 ? 1 : -1));
    return made;
}();

template <class L>
typename L::Float nearest_entry(typename L::Float x)
{
#if defined(__x86_64__)
    if constexpr (L::level == VectorLevel::avx512) {
        static constexpr WideTable wide = WideTable::of(entries);
        return {wide.level(x.v)};
    }
#endif
    typename L::Float entry = L::of(table[0]);
    for (std::size_t k = 0; k + 1 < table.size(); ++k)
        entry = L::select(x > L::of(entries.thresholds[k]), L::of(table[k + 1]), entry);
    return entry;
}

/// Sums of the weighted least-squares fit of d·q to x, with weights x².
template <class L>
struct Fit {
    typename L::Float qx = L::zero();
    typename L::Float q2 = L::zero();

    Fit(const typename L::Float* x, typename L::Float inverse)
    {
        for (int i = 0; i < block_size; ++i) {
            const typename L::Float q = nearest_entry<L>(inverse * x[i]);
            const typename L::Float weighted = x[i] * x[i] * q;
            qx = qx + weighted * x[i];
            q2 = q2 + weighted * q;
        }
    }
};

/// A block in each lane. @param tries starting points on each side of the middle one; negative: the reference's single
/// one.
template <class L, int tries>
void decode_lanes(const float* weights, float* decoded)
{
    using Float = typename L::Float;
    Float x[block_size];
    L::template load_columns<block_size>(weights, x);
    const Float largest = first_largest<L, block_size>(x);
    const Float one = L::of(1);
    const Float start = one / (largest / L::of(tries > 0 ? -table[0] : table[0]));
    const Fit<L> first(x, start);
    Float scale = first.qx / first.q2;
    Float best = scale * first.qx;
    for (int step = -tries; step <= tries; ++step) {
        const Fit<L> fit(x, L::of(static_cast<float>(step) + table[0]) / largest);
        const auto better = (fit.q2 > L::zero()) & (fit.qx * fit.qx > best * fit.q2);
        scale = L::select(better, fit.qx / fit.q2, scale);
        best = L::select(better, scale * fit.qx, best);
    }
    const Float final_inverse = tries > 0 ? L::select(scale == L::zero(), L::zero(), one / scale) : start;
    const auto zero = L::magnitude(largest) < L::of(ggml_zero_block);
    const Float stored = L::each(L::select(zero, L::zero(), scale), through_half);
    for (int i = 0; i < block_size; ++i)
        x[i] = L::select(zero, L::zero(), stored * nearest_entry<L>(final_inverse * x[i]));
    L::template store_columns<block_size>(x, decoded);
}

template <int tries>
void decode(const float* weights, std::int64_t blocks, float* decoded)
{
    decode_groups<ggml_group * block_size>(weights, blocks * block_size, decoded,
                                           []<class L>(L, const float* from, float* to) {
                                               for (int i = 0; i < ggml_group * block_size; i += L::count * block_size)
                                                   decode_lanes<L, tries>(from + i, to + i);
                                           });
}

}  // namespace

void decode_iq4_nl(const float* weights, std::int64_t blocks, float* decoded)
{
    decode<7>(weights, blocks, decoded);
}

void decode_iq4_nl_reference(const float* weights, std::int64_t blocks, float* decoded)
{
    decode<-1>(weights, blocks, decoded);
}

}  // namespace specsweep::quantize
