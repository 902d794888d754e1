#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/aligned_allocator.hpp"
#include "measure/error_pass.hpp"
#include "measure/forward_error.hpp"
#include "measure/pair_moments.hpp"
#include "measure/row_transform.hpp"
#include "measure/stored_source.hpp"
#include "quantize/quantizer.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::measure {

/// W̃ = Q(W) on the fly: rows are read, quantized and handed on in groups; the moments of E are taken along the way,
/// once for each group however often a solver asks for it, and added in the order of the rows. Both happen in strips of
/// a few rows, which stay in the cache from one to the other.
///
/// A group is 256 rows from row 0 (architecture.md §4.1), or the least multiple of it at which the quantizer's blocks
/// end; one decoded group is kept where it is larger than 256 rows.
class QuantizedSource : public spectrum::PanelSource {
public:
    static constexpr std::int64_t panel_rows = 256;

    /// @param stored, quantizer are used, not owned. @param statistics as quantizer.needs() asks for.
    /// @param probed the stored matrix under probes of statistics.seed, where the caller keeps it for other quantizers.
    QuantizedSource(StoredSource& stored, const quantize::Quantizer& quantizer, quantize::TensorStatistics statistics,
                    std::shared_ptr<ProbedMatrix> probed = nullptr);

    std::int64_t rows() const override { return stored_.rows(); }
    std::int64_t cols() const override { return stored_.cols(); }

    void read(std::int64_t first_row, std::int64_t row_count, float* out) override;
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override;

    /// Keeps E, rounded to binary32, in Slot::error while groups pass by, where the stored matrix is in memory too:
    /// whoever wants E afterwards need not quantize again. @pre nothing was read. @param workspace is used, not owned.
    void keep_error(spectrum::Workspace& workspace);
    /// From now on W and W̃ are what the transforms make of the stored matrix and of what the quantizer made of it.
    /// @pre nothing was read.
    void transform(RowTransform original, RowTransform decoded);
    /// Rows of E from `first_row` on, or nullptr where they are not kept.
    const float* kept_error(std::int64_t first_row);

    /// Reads what no solver has asked for yet, then adds all groups up.
    PairMoments moments();
    double column_sum_max();     ///< ‖E‖₁ = max_j Σ_i |e_ij|
    ForwardSums forward_sums();  ///< for seeded x
    /// The same W̃ before any transform, to be read on its own.
    QuantizedSource untransformed() const
    {
        return {stored_, quantizer_, statistics_, std::make_shared<ProbedMatrix>(probed_->probes(), rows())};
    }
    double seconds_quantize() const { return seconds_; }

private:
    struct Group {
        PanelSums sums;
        ProbeSquares output{};            ///< Σ_i (w_i·x)²
        std::vector<double> column_sums;  ///< Σ_i |e_ij|
        bool is_seen = false;             ///< all of these are there
    };

    std::int64_t rows_of(std::int64_t group) const;
    float* read_original(std::int64_t first_row, std::int64_t rows);
    void quantize_group(std::int64_t group, float* out);
    quantize::QuantizationCounts quantize_strip(std::int64_t first_row, std::int64_t rows, float* out, Group* measured);
    const float* decoded_group(std::int64_t group);
    void complete();

    StoredSource& stored_;
    const quantize::Quantizer& quantizer_;
    quantize::TensorStatistics statistics_;
    std::int64_t group_rows_, strip_rows_;
    AlignedVector<float> original_;  ///< of one strip, where the stored matrix is not in memory
    AlignedVector<float> decoded_;
    std::int64_t decoded_is_ = -1;  ///< the group that decoded_ holds
    std::vector<Group> groups_;
    std::shared_ptr<ProbedMatrix> probed_;  ///< W as it is compared
    std::optional<RowTransform> original_transform_, decoded_transform_;
    float* error_ = nullptr;  ///< all of E
    double seconds_ = 0;
};

/// One streaming pass over the matrix. @throws UnitFailure for a weight that is not finite.
quantize::TensorStatistics streamed_statistics(StoredSource& stored);
quantize::TensorStatistics streamed_statistics(spectrum::PanelSource& matrix);

}  // namespace specsweep::measure
