#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "spectrum/panel_source.hpp"

namespace specsweep::measure {

/// A whole matrix in memory, row-major fp64.
class DenseSource : public spectrum::PanelSource {
public:
    DenseSource(std::int64_t rows, std::int64_t cols, std::vector<double> values)
        : values_(std::move(values)), rows_(rows), cols_(cols)
    {
    }

    /// Every row of `source`, 256 at a time.
    explicit DenseSource(spectrum::PanelSource& source)
        : values_(static_cast<std::size_t>(source.rows() * source.cols())), rows_(source.rows()), cols_(source.cols())
    {
        constexpr std::int64_t panel_rows = 256;
        for (std::int64_t row = 0; row < rows_; row += panel_rows)
            source.read(row, std::min(panel_rows, rows_ - row), values_.data() + row * cols_);
    }

    std::int64_t rows() const override { return rows_; }
    std::int64_t cols() const override { return cols_; }
    bool needs_double() const override { return true; }

    void read(std::int64_t first_row, std::int64_t row_count, float* out) override
    {
        std::transform(row(first_row), row(first_row + row_count), out,
                       [](double value) { return static_cast<float>(value); });
    }
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override
    {
        std::copy(row(first_row), row(first_row + row_count), out);
    }

    const double* row(std::int64_t r) const { return values_.data() + r * cols_; }
    std::vector<double>& values() { return values_; }

private:
    std::vector<double> values_;
    std::int64_t rows_, cols_;
};

}  // namespace specsweep::measure
