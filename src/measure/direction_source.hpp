#pragma once

#include <vector>

#include "spectrum/panel_source.hpp"

namespace specsweep::measure {

/// Rows scaled to length one, after the mean row was taken off where one is given; rows of length zero stay zero.
class DirectionSource : public spectrum::PanelSource {
public:
    /// @param source is used, not owned. @param mean cols values, or empty: rows as they are
    DirectionSource(spectrum::PanelSource& source, std::vector<double> mean) : source_(source), mean_(std::move(mean))
    {
    }

    std::int64_t rows() const override { return source_.rows(); }
    std::int64_t cols() const override { return source_.cols(); }
    bool needs_double() const override { return true; }

    void read(std::int64_t first_row, std::int64_t row_count, float* out) override;
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override;

private:
    spectrum::PanelSource& source_;
    std::vector<double> mean_, panel_;
};

/// Hands rows on, and adds them in their order when they first pass as binary64, from row 0 on.
class RowMean : public spectrum::PanelSource {
public:
    /// @param source is used, not owned.
    explicit RowMean(spectrum::PanelSource& source);

    std::int64_t rows() const override { return source_.rows(); }
    std::int64_t cols() const override { return source_.cols(); }
    bool needs_double() const override { return source_.needs_double(); }

    void read(std::int64_t first_row, std::int64_t row_count, float* out) override;
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override;

    /// @pre every row has passed.
    std::vector<double> mean() const;

private:
    spectrum::PanelSource& source_;
    std::vector<double> sum_;
    std::int64_t next_ = 0;  ///< rows before it are in the sum
};

}  // namespace specsweep::measure
