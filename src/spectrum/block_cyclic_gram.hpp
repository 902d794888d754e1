#pragma once

#include <utility>

#include "linalg/distributed_matrix.hpp"
#include "spectrum/group_gram_matrix.hpp"
#include "spectrum/rank_group.hpp"

namespace specsweep::spectrum {

/// G block-cyclic over the group's grid, reduced by ScaLAPACK: mn²/g flops, 8k²/g bytes, and as much again for
/// SymmetricReduction::square.
class BlockCyclicGram : public GroupGramMatrix {
public:
    BlockCyclicGram(const RankGroup& group, std::int64_t k, std::int64_t nb, linalg::SymmetricReduction reduction,
                    Workspace& workspace);

    void add(const RawPiece& piece) override;
    double largest_diagonal() const override;
    void scale(double factor) override;
    void reduce() override;
    linalg::CondensedForm tridiagonal() override { return std::move(form_); }

private:
    linalg::DistributedMatrix gram_;
    linalg::SymmetricReduction reduction_;
    Workspace& workspace_;
    linalg::MatrixView left_, right_;
    linalg::CondensedForm form_;
};

}  // namespace specsweep::spectrum
