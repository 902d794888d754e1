#pragma once

#include <cstdint>

namespace specsweep::linalg {

/// One dimension of a block-cyclic distribution: n indices in blocks of nb, dealt to `parts` in turn from part 0.
///
///   owner(i) = ⌊i/nb⌋ mod parts,   local(i) = ⌊i/(nb·parts)⌋·nb + i mod nb         (ScaLAPACK Users' Guide, §4.3)
///
/// Pure arithmetic in 64 bits; extent() is ScaLAPACK's numroc.
class BlockCyclicAxis {
public:
    BlockCyclicAxis(std::int64_t n, std::int64_t nb, std::int64_t parts) : n_(n), nb_(nb), parts_(parts) {}

    std::int64_t size() const { return n_; }
    std::int64_t block() const { return nb_; }
    std::int64_t parts() const { return parts_; }

    std::int64_t owner(std::int64_t global) const { return global / nb_ % parts_; }
    std::int64_t local(std::int64_t global) const { return global / (nb_ * parts_) * nb_ + global % nb_; }
    std::int64_t global(std::int64_t part, std::int64_t local) const
    {
        return (local / nb_ * parts_ + part) * nb_ + local % nb_;
    }

    /// How many of the first `count` indices `part` owns; of all without it.
    std::int64_t extent(std::int64_t part, std::int64_t count) const;
    std::int64_t extent(std::int64_t part) const { return extent(part, n_); }

private:
    std::int64_t n_, nb_, parts_;
};

/// Rows × columns of a process grid.
struct GridShape {
    int rows, cols;
    friend bool operator==(const GridShape&, const GridShape&) = default;
};

/// The grid of `ranks` that is nearest to a square, rows ≤ cols.
GridShape nearest_square(int ranks);

}  // namespace specsweep::linalg
