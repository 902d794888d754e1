#pragma once

#include <vector>

#include "measure/quantized_source.hpp"

namespace specsweep::measure {

/// E = W̃ − W, W as the quantizer took it (binary32), rounded once to binary32: |Ê − E| ≤ 2⁻²⁴|E| + 2⁻¹⁵⁰ for each
/// entry, so that
///   |‖Ê‖₂ − ‖E‖₂| ≤ 2⁻²⁴‖E‖_F + 2⁻¹⁵⁰√(mn)  (rounding_of_error()).
/// @pre |E| < 2¹²⁷.
class ErrorSource : public spectrum::PanelSource {
public:
    /// @param original, quantized are used, not owned; `original` is W as `quantized` compares with it.
    ErrorSource(spectrum::PanelSource& original, QuantizedSource& quantized)
        : reference_(original), quantized_(quantized)
    {
    }

    std::int64_t rows() const override { return reference_.rows(); }
    std::int64_t cols() const override { return reference_.cols(); }

    void read(std::int64_t first_row, std::int64_t row_count, float* out) override;
    void read(std::int64_t first_row, std::int64_t row_count, double* out) override;  ///< the same numbers, widened
    const float* resident() override { return quantized_.kept_error(0); }

private:
    spectrum::PanelSource& reference_;
    QuantizedSource& quantized_;
    std::vector<float> original_, error_;
};

/// What ‖Ê‖₂ and ‖E‖₂ may differ by. @param error_frobenius ‖E‖_F.
double rounding_of_error(double error_frobenius, std::int64_t rows, std::int64_t cols);

}  // namespace specsweep::measure
