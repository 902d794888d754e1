#pragma once

#include <algorithm>
#include <cstdint>

namespace specsweep::spectrum {

/// Columns of a symmetric matrix's lower triangle dealt to ranks in blocks of 32, there and back: 0 1 2 2 1 0 0 1 2 …
///
/// Column j holds n − j entries: dealt in one direction only, rank 0 would always get the longer ones. This way the
/// entries of any two ranks right of column c differ by about one block, 32 (n − c) of (n − c)²/2g. Pure arithmetic;
/// every round gives each rank one block, so that local block r is the one of round r.
class DealtColumns {
public:
    static constexpr std::int64_t block = 32;

    DealtColumns(std::int64_t order, std::int64_t ranks) : order_(order), ranks_(ranks) {}

    std::int64_t order() const { return order_; }
    std::int64_t ranks() const { return ranks_; }

    std::int64_t owner(std::int64_t column) const { return place(column / block % ranks_, column / block / ranks_); }
    std::int64_t local(std::int64_t column) const { return column / block / ranks_ * block + column % block; }
    std::int64_t global(std::int64_t rank, std::int64_t local) const
    {
        const std::int64_t round = local / block;
        return (round * ranks_ + place(rank, round)) * block + local % block;
    }

    /// How many columns `rank` owns. At most one block of all is not full.
    std::int64_t extent(std::int64_t rank) const
    {
        const std::int64_t whole_rounds = order_ / (block * ranks_);
        const std::int64_t last = global(rank, whole_rounds * block);
        return whole_rounds * block + std::clamp<std::int64_t>(order_ - last, 0, block);
    }

    /// The most that any rank owns: that of the first in the last round.
    std::int64_t most() const { return order_ / (block * ranks_) * block + std::min(order_ % (block * ranks_), block); }

    /// The first column ≥ `column` that `rank` owns; order() or more if there is none.
    std::int64_t next(std::int64_t rank, std::int64_t column) const
    {
        const std::int64_t round = column / (block * ranks_);
        const std::int64_t first = global(rank, round * block);
        if (column < first + block)
            return std::max(column, first);
        return global(rank, (round + 1) * block);
    }

    /// The end of the block that `column` lies in.
    std::int64_t block_end(std::int64_t column) const { return std::min(order_, (column / block + 1) * block); }

private:
    /// Which rank sits at which place of a round, and which place a rank has: the same reversal.
    std::int64_t place(std::int64_t index, std::int64_t round) const
    {
        return round % 2 == 0 ? index : ranks_ - 1 - index;
    }

    std::int64_t order_, ranks_;
};

}  // namespace specsweep::spectrum
