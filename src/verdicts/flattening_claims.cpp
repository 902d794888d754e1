#include <algorithm>
#include <array>
#include <cmath>

#include "verdicts/claim_lists.hpp"

namespace specsweep::verdicts {

namespace {

using Result = std::optional<Finding>;

constexpr std::string_view no_error = "the quantizer changed nothing: E = 0";

bool changes_nothing(const UnitFacts& unit)
{
    return number(unit.pair.error_frobenius) == 0;
}

Result weyl(const UnitFacts& unit, const FactReader&)
{
    if (changes_nothing(unit))
        return not_testable(no_error);
    return bound(number(unit.pair.sigma_change_certain), number(unit.pair.error_spectral_upper),
                 "left: largest change less the error bounds; right: guaranteed upper bound of the norm");
}

Result mirsky(const UnitFacts& unit, const FactReader&)
{
    if (changes_nothing(unit))
        return not_testable(no_error);
    const double right = number(unit.pair.error_frobenius) * number(unit.pair.error_frobenius);
    return bound(number(unit.pair.sigma_change_certain_squared), right,
                 "left: changes less the error bounds of both spectra; mirsky_tightness has the ratio without them");
}

Result epsilon_linear(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.epsilon_r2)
        return not_testable("the regression needs ten resolved values that moved");
    return exceeds(*unit.pair.epsilon_r2, 0.9,
                   "a shared denominator makes R² large by itself: see epsilon-beyond-null");
}

Result epsilon_beyond_null(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.epsilon_r2)
        return not_testable("the regression needs ten resolved values that moved");
    return exceeds(*unit.pair.epsilon_r2, number(unit.pair.epsilon_r2_null_95),
                   "right: 95 % quantile of R² when |change| is permuted over k");
}

Result stable_rank_increases(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.stable_rank_ratio)
        return not_testable("stable rank is not defined (the matrix or its quantized form is zero)");
    if (changes_nothing(unit))
        return not_testable(no_error);
    const double relative = 2 * (number(unit.before.sigma_max_error) / number(unit.before.sigma_max) +
                                 number(unit.after.sigma_max_error) / number(unit.after.sigma_max));
    if (std::abs(*unit.pair.stable_rank_ratio - 1) <= relative)
        return not_testable("the change is smaller than the error bounds");
    return exceeds(number(unit.after.stable_rank), number(unit.before.stable_rank),
                   "ratio = f/g: columns frobenius_ratio and sigma_max_ratio say whether energy or head changed");
}

Result energy_added(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.frobenius_ratio)
        return not_testable("the matrix is zero");
    if (changes_nothing(unit))
        return not_testable(no_error);
    return exceeds(number(unit.after.frobenius_squared), number(unit.before.frobenius_squared),
                   "f − 1 = (2c + 1)·(relative error)²: energy falls where noise_alignment c < −1/2");
}

Result tail_energy_added(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.frobenius_ratio)
        return not_testable("the matrix is zero");
    if (changes_nothing(unit))
        return not_testable(no_error);
    const auto tail = [](const metrics::SingleMetrics& single) {
        return std::max(0.0, number(single.frobenius_squared) - number(single.sigma_max) * number(single.sigma_max));
    };
    return exceeds(tail(unit.after), tail(unit.before), "energy of all values but the first");
}

Result epsilon_first_order(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.epsilon_log_slope)
        return not_testable("the regression needs ten resolved values that moved");
    return exceeds(*unit.pair.epsilon_log_slope, -1.5,
                   "slope of ln ε over ln σ: −1 where the change is the same for all k, −2 for second-order noise");
}

Result tail_hit_harder(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.epsilon_spearman)
        return not_testable("the regression needs ten resolved values that moved");
    return exceeds(*unit.pair.epsilon_spearman, 0, "rank correlation of ε_k with 1/σ_k");
}

Result tail_truncated(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.share_up || changes_nothing(unit))
        return not_testable(no_error);
    return exceeds(1 - *unit.pair.share_up, 0.5, "left: share of the resolved values that fell");
}

Result noise_independent(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.noise_alignment)
        return not_testable(no_error);
    constexpr double small = 0.1;
    return Finding{std::abs(*unit.pair.noise_alignment) <= small ? Verdict::holds : Verdict::violated,
                   std::abs(*unit.pair.noise_alignment), small,
                   "left |c|, c = <W,E>/||E||_F^2: 0 for independent noise, −1/2 keeps the energy, −1 for centroids"};
}

Result noise_white(const UnitFacts& unit, const FactReader&)
{
    if (!unit.pair.error_whiteness)
        return not_testable(no_error);
    constexpr double nearly_white = 1.25;
    return Finding{*unit.pair.error_whiteness <= nearly_white ? Verdict::holds : Verdict::violated,
                   *unit.pair.error_whiteness, nearly_white,
                   "||E||_2 by its lower bound over rms(E)(√m + √n); 1 for independent entries"};
}

constexpr std::string_view paper = "arXiv 2602.00969";

constexpr std::array flattening{
    Claim{"weyl", "|σ̃_k − σ_k| ≤ ‖E‖₂ for every k", "arXiv 2602.00969, mechanism 2 (Weyl's inequality)", true,
          Subject::quantized, weyl},
    Claim{"mirsky", "Σ (σ̃_k − σ_k)² ≤ ‖E‖_F²", "theorem (Mirsky 1960), not in the sources", true, Subject::quantized,
          mirsky},
    Claim{"epsilon-linear", "ε_k = |σ̃_k − σ_k|/σ_k is linear in 1/σ_k with R² > 0.9",
          "arXiv 2602.00969, key results and theorem 4.5", false, Subject::quantized, epsilon_linear},
    Claim{"epsilon-beyond-null", "R² of ε_k on 1/σ_k exceeds what permuted changes give",
          "test of arXiv 2602.00969, theorem 4.5", false, Subject::quantized, epsilon_beyond_null},
    Claim{"stable-rank-increases", "Sr(W̃) > Sr(W)", "arXiv 2602.00969, mechanism 3 and key results", false,
          Subject::quantized, stable_rank_increases},
    Claim{"energy-added", "quantization adds energy: ‖W̃‖_F² > ‖W‖_F²", "arXiv 2602.00969, mechanism 3", false,
          Subject::quantized, energy_added},
    Claim{"tail-energy-added", "quantization inflates the tail: Σ_{k>1} σ̃_k² > Σ_{k>1} σ_k²",
          "arXiv 2602.00969, mechanism 3", false, Subject::quantized, tail_energy_added},
    Claim{"epsilon-first-order", "ε_k grows like 1/σ_k, not like 1/σ_k²", "arXiv 2602.00969, theorem 4.5", false,
          Subject::quantized, epsilon_first_order},
    Claim{"tail-hit-harder", "the relative error grows toward the tail", "arXiv 2602.00969, mechanism 2", false,
          Subject::quantized, tail_hit_harder},
    Claim{"tail-truncated", "quantization truncates (lowers) singular values", "arXiv 2602.00969, key results", false,
          Subject::quantized, tail_truncated},
    Claim{"noise-independent", "the error is not aligned with the weights", "arXiv 2602.00969, assumption 4.2", false,
          Subject::quantized, noise_independent},
    Claim{"noise-white", "the error has the spectral norm of independent entries",
          "arXiv 2602.00969, assumption 4.2 (matrix Bernstein)", false, Subject::quantized, noise_white},
    Claim{"spectral-fidelity-necessary", "spectral fidelity is necessary for stable low-bit optimization", paper, false,
          Subject::sweep, nullptr, nullptr, "a statement about training, not about weights"},
    Claim{"collapse", "spectral flattening precedes representational collapse", paper, false, Subject::sweep, nullptr,
          nullptr, "needs representations and a training run; of a trajectory only the spectra are measured"},
};

}  // namespace

std::span<const Claim> flattening_claims()
{
    return flattening;
}

}  // namespace specsweep::verdicts
