#pragma once

#include <optional>

#include "base/page_buffer.hpp"
#include "spectrum/band_matrix.hpp"
#include "spectrum/dealt_matrix.hpp"
#include "spectrum/group_gram_matrix.hpp"
#include "spectrum/rank_group.hpp"

namespace specsweep::spectrum {

/// G in columns dealt to the ranks, reduced by the own two stages: the fused pass of all ranks (group_band.hpp) leaves
/// the whole band on each of them, one chases it. mn²/g flops, about 8k²/g bytes of the workspace and, from reduce()
/// on, the band.
class DealtGram : public GroupGramMatrix {
public:
    DealtGram(const RankGroup& group, std::int64_t k, Workspace& workspace);

    void add(const RawPiece& piece) override;
    double largest_diagonal() const override;
    void scale(double factor) override;
    void reduce() override;
    linalg::CondensedForm tridiagonal() override;

    /// The most doubles that a rank of `ranks` holds: of the workspace, and the band.
    static std::int64_t most_doubles(std::int64_t k, std::int64_t ranks);

private:
    /// The columns of G without padding.
    DealtColumns columns() const { return {k_, gram_.columns.ranks()}; }

    std::int64_t k_, rank_;
    Workspace& workspace_;
    DealtMatrix gram_;
    linalg::MatrixView left_, right_;
    PageBuffer band_memory_;  ///< not the workspace's: other matrices come before this band is chased
    std::optional<BandMatrix> band_;
};

}  // namespace specsweep::spectrum
