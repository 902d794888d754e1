#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "spectrum/panel_source.hpp"

namespace specsweep::spectrum {

/// A row-major matrix in memory.
struct DenseMatrix {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<double> values;

    double& operator()(std::int64_t i, std::int64_t j) { return values[static_cast<std::size_t>(i * cols + j)]; }
    double operator()(std::int64_t i, std::int64_t j) const { return values[static_cast<std::size_t>(i * cols + j)]; }

    DenseMatrix transposed() const
    {
        DenseMatrix result{cols, rows, std::vector<double>(values.size())};
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < cols; ++j)
                result(j, i) = (*this)(i, j);
        return result;
    }
    std::int64_t width() const { return std::min(rows, cols); }
    std::int64_t length() const { return std::max(rows, cols); }
};

enum class Precision { fp32, fp64 };

/// Serves a DenseMatrix; counts what was read. With Precision::fp32 the values must be fp32 numbers.
class DenseSource : public PanelSource {
public:
    explicit DenseSource(const DenseMatrix& matrix, Precision precision = Precision::fp32)
        : matrix_(matrix), precision_(precision)
    {
    }
    std::int64_t rows() const override { return matrix_.rows; }
    std::int64_t cols() const override { return matrix_.cols; }
    bool needs_double() const override { return precision_ == Precision::fp64; }
    void read(std::int64_t first, std::int64_t count, float* out) override { copy(first, count, out); }
    void read(std::int64_t first, std::int64_t count, double* out) override { copy(first, count, out); }

    std::int64_t rows_read() const { return rows_read_; }
    bool panels_were_aligned() const { return aligned_; }

private:
    template <class T>
    void copy(std::int64_t first, std::int64_t count, T* out)
    {
        rows_read_ += count;
        aligned_ = aligned_ && first % 256 == 0 && (count % 256 == 0 || first + count == matrix_.rows);
        std::transform(matrix_.values.begin() + first * matrix_.cols,
                       matrix_.values.begin() + (first + count) * matrix_.cols, out,
                       [](double value) { return static_cast<T>(value); });
    }

    const DenseMatrix& matrix_;
    Precision precision_;
    std::int64_t rows_read_ = 0;
    bool aligned_ = true;
};

}  // namespace specsweep::spectrum
