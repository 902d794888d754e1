#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "linalg/matrix_view.hpp"
#include "linalg/symmetric_eigen.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// An orthonormal basis V of a block Krylov space of a symmetric G, and H = VᵀGV.
///
/// Columns that add nothing (the space is invariant in that direction) are zero: they add an eigenvalue 0 to H, which
/// is no harm for a positive semidefinite G.
class KrylovSpace {
public:
    KrylovSpace(std::int64_t order, std::int64_t block, std::int64_t most_blocks, Workspace& workspace);

    /// The block to multiply by G: starts as given to start(), then what extend() left.
    linalg::MatrixView newest() const { return basis_.block(0, (blocks_ - 1) * block_, basis_.rows, block_); }
    std::int64_t blocks() const { return blocks_; }
    std::int64_t dimension() const { return blocks_ * block_; }
    std::int64_t known_blocks() const { return known_; }  ///< blocks whose product with G is known

    /// The first block: orth(start).
    void start(linalg::ConstMatrixView start);

    /// Takes Z = G · newest() (destroyed): completes H for the blocks so far, and, where there is room and something
    /// new in Z, adds orth((I − VVᵀ)Z) as the next block. @returns whether it did.
    bool extend(linalg::MatrixView z);

    /// Largest eigenvalues of H over the blocks whose products are known, descending; with Ritz vectors x = V s.
    std::vector<double> ritz_values(std::int64_t count) const;
    linalg::LargestEigenpairs ritz_pairs(std::int64_t count) const;
    void ritz_vectors(const linalg::LargestEigenpairs& pairs, linalg::MatrixView x) const;

    static std::int64_t memory_needed(std::int64_t order, std::int64_t block, std::int64_t most_blocks);

private:
    linalg::MatrixView projected_copy(std::vector<double>& memory) const;
    std::int64_t orthonormalize(linalg::MatrixView z, double negligible);
    void project_out(linalg::MatrixView z, std::int64_t columns, bool record);

    std::int64_t block_, most_blocks_;
    std::int64_t blocks_ = 0;  ///< blocks in the basis
    std::int64_t known_ = 0;
    linalg::MatrixView basis_;
    std::vector<double> projected_;  ///< H, upper triangle, column-major, ld = block · most_blocks
};

}  // namespace specsweep::spectrum
