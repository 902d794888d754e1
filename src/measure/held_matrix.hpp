#pragma once

#include <cstdint>
#include <optional>

#include "base/page_buffer.hpp"
#include "checkpoint/panel_reader.hpp"

namespace specsweep::measure {

/// One small matrix, widened to fp32, kept for the units of it that follow one another on a rank: it is read, widened
/// and checked once instead of once for each quantizer.
///
/// Larger matrices are read again for every unit (what that costs falls as 1/k beside the solver), and so are F64
/// ones, which fp32 does not hold.
class HeldMatrix {
public:
    /// Part of the 100 MB that a rank may use beside Gram matrix and panels (architecture.md §4.1).
    static constexpr std::int64_t most_bytes = std::int64_t{32} << 20;

    static bool can_hold(const checkpoint::PanelReader& reader);

    /// All rows of the matrix `key`, row-major; read unless it is the one that is held.
    /// @pre can_hold(reader); equal keys name the same matrix.
    /// @throws UnitFailure for a weight that is not finite, IoError; nothing is held then.
    const float* rows(std::int64_t key, checkpoint::PanelReader& reader);

    /// Gives the memory back.
    void release();

private:
    float* values() const { return reinterpret_cast<float*>(values_.data()); }

    std::optional<std::int64_t> key_;
    PageBuffer values_;
};

}  // namespace specsweep::measure
