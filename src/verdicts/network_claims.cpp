#include <array>
#include <cmath>

#include "base/format.hpp"
#include "metrics/rank_correlation.hpp"
#include "verdicts/claim_lists.hpp"

namespace specsweep::verdicts {

namespace {

using Result = std::optional<Finding>;

/// What "quantization fails" is taken to mean: the RMS relative error of the output for x ~ N(0, I).
constexpr double failure_threshold = 0.5;

Result condition_lock(const UnitFacts& unit, const FactReader&)
{
    if (!unit.bits)
        return std::nullopt;
    const double kappa =
        unit.before.condition_number ? *unit.before.condition_number : number(unit.before.condition_number_lower);
    const double error = unit.relative_error();
    if (std::isnan(kappa) || std::isnan(error))
        return not_testable("κ is not defined");
    if (kappa <= *unit.levels())
        return not_testable("the premise κ > 2^b is not met or not decided");
    return Finding{error >= failure_threshold ? Verdict::holds : Verdict::violated, kappa, *unit.levels(),
                   "fails = relative RMS output error of at least 1/2; κ or its lower bound on the left"};
}

/// κ·‖E‖₂/‖W‖₂, no less: σ_n may be smaller by the tolerance, and both sides are equal for k = 1, but for roundings.
double worst_forward_error(const UnitFacts& unit)
{
    constexpr double roundings = 1e-9;
    const double slack = (1 + unit.tolerance) / (1 - unit.tolerance) * (1 + roundings);
    return slack * *unit.before.condition_number * number(unit.pair.error_spectral_upper) /
           number(unit.before.sigma_max);
}

Result forward_error(const UnitFacts& unit, const FactReader&)
{
    if (number(unit.pair.error_frobenius) == 0)
        return not_testable("the quantizer changed nothing: E = 0");
    if (!unit.before.condition_number)
        return not_testable("κ is not resolved: the bound is infinite");
    return bound(unit.relative_error(), worst_forward_error(unit),
                 "left: exact RMS relative error for x ~ N(0, I); right: worst case over x");
}

/// For m < n some x has Wx = 0, and no κ bounds ‖Ex‖/‖Wx‖.
Result forward_error_measured(const UnitFacts& unit, const FactReader&)
{
    if (unit.rows() < unit.cols())
        return not_testable("W has a null space: ‖Ex‖/‖Wx‖ is not bounded");
    if (!unit.before.condition_number || !unit.pair.forward_error_worst)
        return not_testable("κ is not resolved, or the file is older than the measurement");
    return bound(*unit.pair.forward_error_worst, worst_forward_error(unit),
                 "left: largest ‖Ex‖/‖Wx‖ over two seeded x ~ N(0, I)");
}

/// Claim: ρ(measure, error) > 0, beyond chance (one-sided 95 % under independence, 1.645/√(n − 1)).
GroupFinding predicts(const GroupFacts& group, const std::vector<double>& measure, std::string_view name)
{
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t i = 0; i < measure.size(); ++i)
        if (!std::isnan(measure[i]) && !std::isnan(group.relative_error[i])) {
            x.push_back(measure[i]);
            y.push_back(group.relative_error[i]);
        }
    constexpr std::size_t fewest = 10;
    if (x.size() < fewest)
        return {not_testable(""), fmt::format("{} matrices; ten are needed", x.size())};
    const double rho = metrics::spearman(x, y);
    const double chance = 1.645 / std::sqrt(static_cast<double>(x.size() - 1));
    GroupFinding result{exceeds(rho, chance), {}};
    result.note = fmt::format(
        "left: rank correlation of {} with ‖E‖_F/‖W‖_F over {} matrices; right: what chance "
        "exceeds in 5 % of cases",
        name, x.size());
    return result;
}

GroupFinding condition_predicts(const GroupFacts& group)
{
    return predicts(group, group.log_condition, "log κ");
}

GroupFinding alpha_predicts(const GroupFacts& group)
{
    return predicts(group, group.alpha, "α");
}

GroupFinding stable_rank_predicts(const GroupFacts& group)
{
    return predicts(group, group.stable_rank, "the stable rank");
}

GroupFinding erank_predicts(const GroupFacts& group)
{
    return predicts(group, group.erank, "erank_sv");
}

constexpr std::string_view lock = "LOCK-SpectralQuant";

constexpr std::array network_list{
    Claim{"condition-lock", "κ(W) > 2^b implies that quantization fails",
          "LOCK-SpectralQuant, theorem part 3 and step 10", false, Subject::quantized, condition_lock},
    Claim{"forward-error-worst-case", "RMS ‖Ex‖/‖Wx‖ ≤ κ(W)·‖E‖₂/‖W‖₂", "theorem behind LOCK-SpectralQuant, step 3",
          true, Subject::quantized, forward_error},
    Claim{"forward-error-measured", "‖Ex‖/‖Wx‖ ≤ κ(W)·‖E‖₂/‖W‖₂ for measured x",
          "theorem behind LOCK-SpectralQuant, step 3", true, Subject::quantized, forward_error_measured},
    Claim{"condition-predicts-error", "layers with a high condition number suffer more: b_l = ⌈log₂ κ⌉ + b_base",
          "LOCK-SpectralQuant, corollary and step 7", false, Subject::quantizer, nullptr, condition_predicts},
    Claim{"alpha-predicts-error", "layers with a high α suffer more", "comparison with condition-predicts-error", false,
          Subject::quantizer, nullptr, alpha_predicts},
    Claim{"stable-rank-predicts-error", "layers with a high stable rank suffer more",
          "LOCK-SpectralQuant, overview (dispersed spectra)", false, Subject::quantizer, nullptr, stable_rank_predicts},
    Claim{"erank-predicts-error", "layers with a high effective rank suffer more",
          "LOCK-SpectralQuant, overview (dispersed spectra)", false, Subject::quantizer, nullptr, erank_predicts},
    Claim{"forward-error-constant", "‖f(x) − f_Q(x)‖ ≤ C·cond(W)·Δ/2^b", "LOCK-SpectralQuant, theorem part 2", false,
          Subject::sweep, nullptr, nullptr, "C is free, so no number contradicts it; see forward-error-worst-case"},
    Claim{"training-aware", "training with Σ κ(W_l) as a penalty learns quantization-friendly spectra", lock, false,
          Subject::sweep, nullptr, nullptr, "a statement about training, not about weights"},
    Claim{"generalization", "quantization regularizes and can improve generalization", lock, false, Subject::sweep,
          nullptr, nullptr, "not testable from weights"},
};

}  // namespace

std::span<const Claim> network_claims()
{
    return network_list;
}

}  // namespace specsweep::verdicts
