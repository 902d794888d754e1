#pragma once

#include <cstdint>
#include <vector>

#include "spectrum/panel_source.hpp"

namespace specsweep::measure {

/// x_kj = fl32(s_k·(e_kj − μ_j)), computed in binary64 and rounded once: rows scaled, the mean taken off first.
struct RowTransform {
    std::vector<double> scale;  ///< s, one a row; rows behind its end are zero
    std::vector<double> shift;  ///< μ, one a column; empty: nothing is taken off

    /// Of `rows` whole rows from `first_row` on, in place.
    void apply(std::int64_t first_row, std::int64_t rows, std::int64_t cols, float* values) const;
};

/// A matrix under a RowTransform. @param inner, transform are used, not owned.
class TransformedSource : public spectrum::PanelSource {
public:
    TransformedSource(spectrum::PanelSource& inner, const RowTransform& transform)
        : inner_(inner), transform_(transform)
    {
    }

    std::int64_t rows() const override { return inner_.rows(); }
    std::int64_t cols() const override { return inner_.cols(); }
    void read(std::int64_t first_row, std::int64_t row_count, float* out) override;
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override;  ///< the same numbers, widened

private:
    spectrum::PanelSource& inner_;
    const RowTransform& transform_;
    std::vector<float> panel_;
};

}  // namespace specsweep::measure
