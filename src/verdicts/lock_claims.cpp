#include <array>
#include <cmath>

#include "verdicts/claim_lists.hpp"
#include "verdicts/code_bits.hpp"

namespace specsweep::verdicts {

namespace {

using Result = std::optional<Finding>;

Result entry_bound(const UnitFacts& unit, const FactReader&)
{
    if (!unit.bits)
        return std::nullopt;
    return bound(number(unit.pair.error_max), number(unit.before.sigma_max) / *unit.levels(),
                 "the norm read as the largest entry");
}

Result operator_bound(const UnitFacts& unit, const FactReader&)
{
    if (!unit.bits)
        return std::nullopt;
    const double right = number(unit.before.sigma_max) / *unit.levels();
    const double lower = number(unit.pair.error_spectral);
    const double upper = number(unit.pair.error_spectral_upper);
    if (lower > right)
        return bound(lower, right, "the norm read as the operator norm; left: a lower bound of it");
    if (upper <= right)
        return bound(upper, right, "the norm read as the operator norm; left: an upper bound of it");
    return not_testable("the right side lies between the bounds of the operator norm of E");
}

Result eckart_young(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.mirsky_tightness)
        return not_testable("E = 0 or the matrix is zero");
    constexpr double as_good_as_equal = 0.9;
    return exceeds(*unit.pair.mirsky_tightness, as_good_as_equal,
                   "Σ(σ̃_k − σ_k)²/‖E‖_F² is 1 for a truncation of the spectrum");
}

bool is_plain(const UnitFacts& unit)
{
    return !parameter(unit.quantizer, "cast") && !parameter(unit.quantizer, "norm");
}

Result max_entry_bound(const UnitFacts& unit, const FactReader&)
{
    if (!unit.bits)
        return std::nullopt;
    return bound(number(unit.pair.error_max), unit.weight_magnitude() / *unit.levels(),
                 "grids with 2^b − 1 or fewer steps exceed it by a constant: absmax 2^b/(2^b − 2), FP4 up to 16/6");
}

/// Half a step is (max − min)/2^(b+1) ≤ ‖W‖_max/2^b; binary32 rounds the step and the product once each, below its
/// normal range by up to 2⁻¹⁵⁰ (half of that enters).
Result uniform_bound(const UnitFacts& unit, const FactReader&)
{
    if (format_name(unit.quantizer) != "uniform" || !is_plain(unit))
        return std::nullopt;
    const double rounding = 4 * 0x1p-24 * unit.weight_magnitude() + 0x1p-149;
    return bound(number(unit.pair.error_max), unit.weight_magnitude() / *unit.levels() + rounding,
                 "the source's own Q_b; the right side includes the rounding of binary32");
}

Result frobenius_entries(const UnitFacts& unit, const FactReader&)
{
    if (!unit.bits)
        return std::nullopt;
    return bound(number(unit.pair.error_frobenius),
                 std::sqrt(unit.rows() * unit.cols()) * unit.weight_magnitude() / *unit.levels(),
                 "d_l read as the number of entries");
}

Result frobenius_width(const UnitFacts& unit, const FactReader&)
{
    if (!unit.bits)
        return std::nullopt;
    return bound(number(unit.pair.error_frobenius), std::sqrt(unit.cols()) * unit.weight_magnitude() / *unit.levels(),
                 "d_l read as the width of the layer");
}

Result spectral_scaling_bound(const UnitFacts& unit, const FactReader& facts)
{
    return parameter(unit.quantizer, "norm") ? operator_bound(unit, facts) : std::nullopt;
}

Result spectral_scaling_entry(const UnitFacts& unit, const FactReader& facts)
{
    return parameter(unit.quantizer, "norm") ? entry_bound(unit, facts) : std::nullopt;
}

Result spectral_scaling_advantage(const UnitFacts& unit, const FactReader& facts)
{
    if (!parameter(unit.quantizer, "norm"))
        return std::nullopt;
    const auto plain = facts.sibling(unit, without_parameter(unit.quantizer, "norm"));
    if (!plain)
        return not_testable("the sweep has no unit of this matrix without norm=");
    const double left = number(unit.pair.error_frobenius);
    const double right = number(plain->pair.error_frobenius);
    return Finding{left < right * (1 - 1e-6) ? Verdict::holds : Verdict::violated, left, right,
                   "left: error with the scaling, right: without it"};
}

/// The optimum is flat: rounding α to binary32 costs (2⁻²⁴α)²·mn, far below the sums' own rounding, and at most
/// (2⁻¹⁵⁰)²·mn below the normal range. Of F64 weights Σ|w|, α and E are of what binary32 holds, ‖W‖_F² is of the
/// weights themselves: relative 2⁻²³, or 2⁻¹⁴⁹Σ|w| and 2⁻³⁰⁰mn below the normal range.
Result binary_alpha(const UnitFacts& unit, const FactReader&)
{
    if (unit.quantizer != "binary")
        return std::nullopt;
    const double sum = unit.reference_moments->absolute_sum;
    const double energy = number(unit.before.frobenius_squared);
    const double left = number(unit.pair.error_frobenius) * number(unit.pair.error_frobenius);
    const double right = energy - sum * sum / (unit.rows() * unit.cols());
    if (std::isnan(left) || std::isnan(right))
        return not_testable("the file is older than the moment Σ|w|");
    const double relative = unit.matrix->dtype == "F64" ? 0x1p-22 : 1e-9;
    const double rounding = relative * energy + 0x1p-147 * sum + 0x1p-297 * unit.rows() * unit.cols();
    return Finding{std::abs(left - right) <= rounding ? Verdict::holds : Verdict::violated, left, right,
                   "equal to 1e-9 of the energy (F64: to 2⁻²²)"};
}

constexpr std::array lock_list{
    Claim{"error-bound-entry", "‖W − Q_b(W)‖ ≤ ‖W‖_op/2^b, the norm read as the largest entry",
          "LOCK-SpectralQuant, theorem part 1 and technique 1", false, Subject::quantized, entry_bound},
    Claim{"error-bound-operator", "‖W − Q_b(W)‖ ≤ ‖W‖_op/2^b, as written (operator norm)",
          "LOCK-SpectralQuant, theorem part 1 and technique 1", false, Subject::quantized, operator_bound},
    Claim{"error-bound-max-entry", "‖W − Q_b(W)‖_max ≤ ‖W‖_max/2^b, both norms read as the largest entry",
          "LOCK-SpectralQuant, theorem part 1", false, Subject::quantized, max_entry_bound},
    Claim{"error-bound-uniform", "‖W − Q_b(W)‖_max ≤ ‖W‖_max/2^b for the source's own Q_b",
          "theorem behind LOCK-SpectralQuant, part 1", true, Subject::quantized, uniform_bound},
    Claim{"error-bound-frobenius-entries", "‖W − Q_b(W)‖_F ≤ √d·‖W‖_∞/2^b, d the number of entries",
          "LOCK-SpectralQuant, step 1", false, Subject::quantized, frobenius_entries},
    Claim{"error-bound-frobenius-width", "‖W − Q_b(W)‖_F ≤ √d·‖W‖_∞/2^b, d the width", "LOCK-SpectralQuant, step 1",
          false, Subject::quantized, frobenius_width},
    Claim{"spectral-scaling-entry", "‖W − Q_spec(W)‖ ≤ ‖W‖_op/2^b, the norm read as the largest entry",
          "LOCK-SpectralQuant, step 4", false, Subject::quantized, spectral_scaling_entry},
    Claim{"spectral-scaling-operator", "‖W − Q_spec(W)‖ ≤ ‖W‖_op/2^b, as written (operator norm)",
          "LOCK-SpectralQuant, step 4", false, Subject::quantized, spectral_scaling_bound},
    Claim{"spectral-scaling-advantage", "quantizing relative to ‖W‖_op lowers the error", "LOCK-SpectralQuant, step 4",
          false, Subject::quantized, spectral_scaling_advantage},
    Claim{"eckart-young", "quantization resembles low-rank approximation", "LOCK-SpectralQuant, step 5", false,
          Subject::quantized, eckart_young},
    Claim{"binary-alpha", "α = mean |w| is optimal: ‖W − α·sign W‖_F² = ‖W‖_F² − ‖W‖₁²/(mn)",
          "theorem behind LOCK-SpectralQuant, step 8", true, Subject::quantized, binary_alpha},
};

}  // namespace

std::span<const Claim> lock_claims()
{
    return lock_list;
}

}  // namespace specsweep::verdicts
