#include "metrics/permutations.hpp"

#include <memory>
#include <numeric>
#include <utility>

#include "metrics/counter_random.hpp"

namespace specsweep::metrics {

Permutations::Permutations(std::uint64_t seed, std::size_t n, std::size_t count)
    : n_(n), count_(count), indices_(n * count)
{
    for (std::size_t p = 0; p < count; ++p) {
        const CounterRandom random(seed, p);
        const std::span<std::uint32_t> one = std::span(indices_).subspan(p * n, n);
        std::iota(one.begin(), one.end(), 0U);
        for (std::size_t i = n; i-- > 1;)
            std::swap(one[i], one[static_cast<std::size_t>(random.below(i, i + 1))]);
    }
}

const Permutations& cached_permutations(std::uint64_t seed, std::size_t n, std::size_t count)
{
    struct Kept {
        std::uint64_t seed = 0;
        std::size_t n = 0, count = 0;
        std::unique_ptr<const Permutations> permutations;
    };
    constexpr std::size_t slots = 8;
    thread_local Kept kept[slots];
    thread_local std::size_t next = 0;
    for (const Kept& entry : kept)
        if (entry.permutations && entry.seed == seed && entry.n == n && entry.count == count)
            return *entry.permutations;
    // Long ones share a slot: 200 permutations of 50,000 are 40 MB.
    constexpr std::size_t long_from = 8192;
    Kept& entry = n >= long_from ? kept[0] : kept[1 + next++ % (slots - 1)];
    entry = {seed, n, count, std::make_unique<const Permutations>(seed, n, count)};
    return *entry.permutations;
}

}  // namespace specsweep::metrics
