#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/hash.hpp"

namespace specsweep::checkpoint {

/// How often each token of a vocabulary occurs in some corpus: counts[id].
struct TokenCounts {
    std::vector<std::int64_t> counts;
    std::int64_t total = 0;

    /// p of each token, counts[id]/total.
    std::vector<double> probabilities() const;
    /// Of the numbers, not of how the file spells them; ids without a count at the end do not matter.
    Digest128 digest() const;
};

/// A JSON list of counts by token id, or an object {"id": count}.
/// @throws IoError; InputError naming the file: not that, a negative or broken number, no token that occurs.
TokenCounts read_token_counts(const std::filesystem::path& file);

}  // namespace specsweep::checkpoint
