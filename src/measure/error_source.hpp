#pragma once

#include <vector>

#include "measure/quantized_source.hpp"

namespace specsweep::measure {

/// E = W̃ − W in binary64: exact, both operands are binary32.
class ErrorSource : public spectrum::PanelSource {
public:
    /// @param stored, quantized are used, not owned; quantized reads the same stored.
    ErrorSource(StoredSource& stored, QuantizedSource& quantized) : stored_(stored), quantized_(quantized) {}

    std::int64_t rows() const override { return stored_.rows(); }
    std::int64_t cols() const override { return stored_.cols(); }
    bool needs_double() const override { return true; }

    void read(std::int64_t first_row, std::int64_t row_count, float* out) override;  ///< rounded once
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override;

private:
    template <class T>
    void read_difference(std::int64_t first_row, std::int64_t row_count, T* out);

    StoredSource& stored_;
    QuantizedSource& quantized_;
    std::vector<float> original_, decoded_;
};

}  // namespace specsweep::measure
