#include <array>
#include <cmath>

#include "verdicts/claim_lists.hpp"

namespace specsweep::verdicts {

namespace {

using Result = std::optional<Finding>;

double number(const metrics::Value& value)
{
    return value.has_value() ? *value : std::nan("");
}

Result entry_bound(const UnitFacts& unit)
{
    if (!unit.bits)
        return std::nullopt;
    return bound(number(unit.pair.error_max), number(unit.before.sigma_max) / *unit.levels(),
                 "the norm read as the largest entry");
}

Result operator_bound(const UnitFacts& unit)
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

/// What "quantization fails" is taken to mean: the RMS relative error of the output for x ~ N(0, I).
constexpr double failure_threshold = 0.5;

double relative_error(const UnitFacts& unit)
{
    return number(unit.pair.error_frobenius) / std::sqrt(number(unit.before.frobenius_squared));
}

Result condition_lock(const UnitFacts& unit)
{
    if (!unit.bits)
        return std::nullopt;
    const double kappa =
        unit.before.condition_number ? *unit.before.condition_number : number(unit.before.condition_number_lower);
    const double error = relative_error(unit);
    if (std::isnan(kappa) || std::isnan(error))
        return not_testable("κ is not defined");
    if (kappa <= *unit.levels())
        return not_testable("the premise κ > 2^b is not met or not decided");
    return Finding{error >= failure_threshold ? Verdict::holds : Verdict::violated, kappa, *unit.levels(),
                   "fails = relative RMS output error of at least 1/2; κ or its lower bound on the left"};
}

Result forward_error(const UnitFacts& unit)
{
    if (number(unit.pair.error_frobenius) == 0)
        return not_testable("the quantizer changed nothing: E = 0");
    if (!unit.before.condition_number)
        return not_testable("κ is not resolved: the bound is infinite");
    return bound(relative_error(unit),
                 *unit.before.condition_number * number(unit.pair.error_spectral_upper) / number(unit.before.sigma_max),
                 "left: exact RMS relative error for x ~ N(0, I); right: worst case over x");
}

Result eckart_young(const UnitFacts& unit)
{
    if (!unit.pair.mirsky_tightness)
        return not_testable("E = 0 or the matrix is zero");
    constexpr double as_good_as_equal = 0.9;
    return exceeds(*unit.pair.mirsky_tightness, as_good_as_equal,
                   "Σ(σ̃_k − σ_k)²/‖E‖_F² is 1 for a truncation of the spectrum");
}

Result binary_alpha(const UnitFacts& unit)
{
    if (unit.quantizer != "binary" && unit.quantizer != "binary:block=channel")
        return std::nullopt;
    const double right = number(unit.before.frobenius_squared) - number(unit.after.frobenius_squared);
    const double left = number(unit.pair.error_frobenius) * number(unit.pair.error_frobenius);
    if (std::isnan(left) || std::isnan(right))
        return not_testable("the matrix is zero");
    // W̃ is kept in binary32: its one rounding of α moves both sides by at most 2⁻²⁴ relative to ‖W̃‖², a few times.
    const bool equal = std::abs(left - right) <= 1e-6 * number(unit.before.frobenius_squared);
    return Finding{equal ? Verdict::holds : Verdict::violated, left, right,
                   "left ‖W − α·sign W‖_F², right ‖W‖_F² − ‖α·sign W‖_F²: equal for the optimal α = mean |w|"};
}

constexpr std::string_view lock = "LOCK-SpectralQuant";

constexpr std::array lock_list{
    Claim{"error-bound-entry", "‖W − Q_b(W)‖ ≤ ‖W‖_op/2^b, the norm read as the largest entry",
          "LOCK-SpectralQuant, theorem part 1 and technique 1", false, Subject::quantized, entry_bound},
    Claim{"error-bound-operator", "‖W − Q_b(W)‖ ≤ ‖W‖_op/2^b, as written (operator norm)",
          "LOCK-SpectralQuant, theorem part 1 and technique 1", false, Subject::quantized, operator_bound},
    Claim{"condition-lock", "κ(W) > 2^b implies that quantization fails",
          "LOCK-SpectralQuant, theorem part 3 and step 10", false, Subject::quantized, condition_lock},
    Claim{"forward-error-worst-case", "‖Ex‖/‖Wx‖ ≤ κ(W)·‖E‖₂/‖W‖₂", "theorem behind LOCK-SpectralQuant, step 3", true,
          Subject::quantized, forward_error},
    Claim{"eckart-young", "quantization resembles low-rank approximation", "LOCK-SpectralQuant, step 5", false,
          Subject::quantized, eckart_young},
    Claim{"binary-alpha", "α = mean |w| is optimal: ‖W − α·sign W‖_F² = ‖W‖_F² − ‖W‖₁²/(mn)",
          "theorem behind LOCK-SpectralQuant, step 8", true, Subject::quantized, binary_alpha},
    Claim{"forward-error-constant", "‖f(x) − f_Q(x)‖ ≤ C·cond(W)·Δ/2^b", "LOCK-SpectralQuant, theorem part 2", false,
          Subject::sweep, nullptr, "C is free, so no number contradicts it; see forward-error-worst-case"},
    Claim{"training-aware", "training with Σ κ(W_l) as a penalty learns quantization-friendly spectra", lock, false,
          Subject::sweep, nullptr, "a statement about training, not about weights"},
    Claim{"generalization", "quantization regularizes and can improve generalization", lock, false, Subject::sweep,
          nullptr, "not testable from weights"},
};

}  // namespace

std::span<const Claim> lock_claims()
{
    return lock_list;
}

}  // namespace specsweep::verdicts
