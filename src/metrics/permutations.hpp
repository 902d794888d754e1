#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace specsweep::metrics {

/// Seeded permutations of 0 … n − 1 by Fisher and Yates with counter-based random words: permutation p is a function of
/// (seed, p, n) alone.
class Permutations {
public:
    Permutations(std::uint64_t seed, std::size_t n, std::size_t count);

    std::size_t count() const { return count_; }
    std::span<const std::uint32_t> operator[](std::size_t p) const { return std::span(indices_).subspan(p * n_, n_); }

private:
    std::size_t n_, count_;
    std::vector<std::uint32_t> indices_;
};

/// The same permutations, kept by thread while one length follows another. @pre n < 2³²
const Permutations& cached_permutations(std::uint64_t seed, std::size_t n, std::size_t count);

}  // namespace specsweep::metrics
