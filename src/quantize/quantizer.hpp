#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "quantize/tensor_statistics.hpp"

namespace specsweep::quantize {

struct Trace;

/// Whole rows of the logical [out, in] matrix: row-major, leading dimension `cols`, finite values.
struct Panel {
    const float* values;
    std::int64_t first_row;  ///< of the matrix
    std::int64_t rows;
    std::int64_t cols;  ///< all columns of the matrix
};

/// What one panel lost, summed over panels by the caller (integers, so the order does not matter).
struct QuantizationCounts {
    std::int64_t zeroed = 0;  ///< w != 0 that became 0
    std::int64_t clipped =
        0;  ///< w beyond the outermost level of its block by more than the rounding of the scale (2⁻²²)

    QuantizationCounts& operator+=(const QuantizationCounts& other)
    {
        zeroed += other.zeroed;
        clipped += other.clipped;
        return *this;
    }
};

/// A number format with all its parameters: W (fp32) → decoded Ŵ (fp32, one final rounding, −0 made +0).
///
/// Immutable and re-entrant: apply() is a pure function of its arguments, so that any panelling that respects
/// row_alignment(), any order and any number of ranks give the same bits. Made by make_quantizer() (registry.hpp).
/// Source of every formula: docs/quantizers.md.
class Quantizer {
public:
    Quantizer() = default;
    Quantizer(const Quantizer&) = delete;
    Quantizer& operator=(const Quantizer&) = delete;
    virtual ~Quantizer() = default;

    /// Canonical text: the identity of the format (interface.md §2).
    virtual const std::string& text() const = 0;

    /// What of TensorStatistics apply() reads; the rest may stay unset.
    virtual StatisticsNeed needs() const = 0;

    /// Panels start at multiples of it, and all but the last end there. 1 for most formats; a divisor or multiple of
    /// 256 wherever the block shape allows; at least the number of rows where a format needs the matrix in one piece.
    virtual std::int64_t row_alignment(std::int64_t cols) const = 0;

    /// Why a matrix of this shape cannot be quantized; nothing when it can.
    virtual std::optional<std::string> refuses(std::int64_t rows, std::int64_t cols) const = 0;

    /// Storage of codes, block scales and zero points, divided by rows · cols (quantization.md §0.5).
    virtual double bits_per_weight(std::int64_t rows, std::int64_t cols) const = 0;

    /// @param out rows · cols values, row-major; must not overlap the panel.
    virtual QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const = 0;

    /// apply() that also records codes and scales, in the order of the public references. Slow; for tests.
    /// @throws NotDefined when the format keeps no codes.
    virtual QuantizationCounts apply_traced(const Panel& in, float* out, const TensorStatistics& statistics,
                                            Trace& trace) const;

    /// For StatisticsNeed::sigma_1_of_core: the quantizer whose decoded matrix's largest singular value apply() expects
    /// in TensorStatistics::sigma_1_of_core. nullptr otherwise. Owned by this object.
    virtual const Quantizer* core() const { return nullptr; }

    /// The lossless transform (a rotation) whose output the range in TensorStatistics must be of; what is measured is
    /// kept under its text(). nullptr: the matrix itself. Owned by this object; needs no statistics but the seed.
    virtual const Quantizer* transform() const { return nullptr; }
};

}  // namespace specsweep::quantize
