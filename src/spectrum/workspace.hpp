#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "base/page_buffer.hpp"

namespace specsweep::spectrum {

/// @throws OutOfMemory: the system has no such memory
PageBuffer pages(std::int64_t bytes);

/// The solvers' memory: made once per rank, grown when a larger matrix comes, never shrunk.
///
/// One matrix needs 8k² bytes (k = min(m, n)), a piece of the long side in fp64 (256 × k), what is read at once
/// (256 rows, or for wide matrices at most 64 MiB), and LAPACK's workspace. Not for two threads at once.
class Workspace {
public:
    enum class Slot {
        square,        ///< Gram matrix, or R of the accurate path
        chunk,         ///< 256 × k piece of the long side
        panel,         ///< rows as read
        column_store,  ///< columns of a wide matrix that wait for their turn
        lapack,        ///< LAPACK's own workspace
        reflectors,    ///< V, W, Z of the own reduction
        band,          ///< its band matrix
        twofold,       ///< a Gram matrix or product in two numbers an entry (certificate: worst-case)
        vectors,       ///< eigenvectors, left singular vectors
        dense,         ///< the whole long side in fp64
        tail,          ///< what 22 bits leave of 256 rows
        error,         ///< E, from its making to its norm
        count_of_slots
    };

    /// Uninitialised (what the last user left); valid until the next call for the same slot.
    std::span<double> doubles(Slot slot, std::int64_t count);
    std::span<float> floats(Slot slot, std::int64_t count);
    /// Either of them.
    template <class T>
    std::span<T> elements(Slot slot, std::int64_t count)
    {
        static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
        if constexpr (std::is_same_v<T, float>)
            return floats(slot, count);
        else
            return doubles(slot, count);
    }

    /// Bytes held now.
    std::int64_t bytes() const;

private:
    std::byte* reserve(Slot slot, std::int64_t bytes);

    std::array<PageBuffer, static_cast<std::size_t>(Slot::count_of_slots)> buffers_;
};

}  // namespace specsweep::spectrum
