#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::results {

/// What a unit's element-wise passes summed up; a reference has only the first two.
struct Moments {
    double frobenius_squared = 0;        ///< ‖W̃‖_F² of the matrix whose spectrum this is
    double frobenius_squared_error = 0;  ///< absolute bound of that sum's error
    double inner_product = 0;            ///< ⟨W, E⟩, E = W̃ − W
    double error_frobenius_squared = 0;  ///< ‖E‖_F²
    double error_max = 0;                ///< max |E_ij|
    std::int64_t zeroed = 0;             ///< elements with w ≠ 0 and w̃ = 0
    std::int64_t clipped = 0;            ///< elements beyond the largest level of their block
};

/// What a unit cost; stands beside the result, never inside its identity or its CRC.
struct Timing {
    double seconds_read = 0;
    double seconds_quantize = 0;
    double seconds_solve = 0;
    double seconds = 0;
    double predicted_seconds = 0;
    std::int64_t peak_bytes = 0;
    std::int32_t rank = -1;
    std::int32_t ranks = 0;
    std::int32_t attempt = 0;
};

enum class UnitState : std::uint8_t { pending = 0, done = 1, failed = 2 };

std::string_view name(UnitState);  ///< "pending", "done", "failed"

/// One computed unit. A failed one has a reason `unit:code…` (at most 256 bytes are kept) and may have no spectrum.
struct UnitResult {
    UnitState state = UnitState::pending;
    std::string reason;
    std::string method;  ///< the solver that made the spectrum, at most 32 bytes
    std::vector<double> sigma;
    std::vector<double> error;  ///< absolute bound of each sigma
    Moments moments;
    Timing timing;
};

}  // namespace specsweep::results
