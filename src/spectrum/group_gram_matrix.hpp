#pragma once

#include <cstdint>

#include "linalg/distributed_reduction.hpp"
#include "spectrum/shared_pieces.hpp"

namespace specsweep::spectrum {

/// G = Σ_p P_pᵀP_p spread over a group, one part in the memory of each rank, and its reduction to a tridiagonal matrix.
///
/// Every rank sees every piece and adds to its own part only: no sum crosses ranks, so none depends on an order of
/// messages, and an entry of G is the same sum as on one rank. One of a workspace at a time, until it is reduced.
class GroupGramMatrix {
public:
    virtual ~GroupGramMatrix() = default;

    virtual void add(const RawPiece& piece) = 0;
    /// Of this rank's part; 0 if there is none.
    virtual double largest_diagonal() const = 0;
    virtual void scale(double factor) = 0;
    /// Destroys the matrix and needs the workspace no longer. Collective.
    virtual void reduce() = 0;
    /// T after reduce(), once, on any rank; not collective.
    virtual linalg::CondensedForm tridiagonal() = 0;
};

}  // namespace specsweep::spectrum
