#include <algorithm>
#include <array>
#include <cmath>

#include "verdicts/claim_lists.hpp"

namespace specsweep::verdicts {

namespace {

using Result = std::optional<Finding>;

bool is_embedding(const UnitFacts& unit)
{
    return unit.matrix->role == "embedding" && !unit.matrix->is_token_weighted();
}

/// Share of pairs within 1/√d against the 95 % of the definition.
Result share_within(const UnitFacts& unit, const metrics::Value& share)
{
    if (!is_embedding(unit))
        return std::nullopt;
    if (!share)
        return not_testable("the cosines are not measured in this file");
    return exceeds(*share, 0.95, "random directions reach 68.3 %: the criterion is out of reach for any vectors");
}

Result quasi_orthogonal(const UnitFacts& unit, const FactReader&)
{
    return share_within(unit, unit.after.cosine_share_1);
}

Result quasi_orthogonal_centred(const UnitFacts& unit, const FactReader&)
{
    return share_within(unit, unit.after.centred_cosine_share_1);
}

/// Mean cos² over all pairs against that of random directions, 1/d.
Result as_random(const UnitFacts& unit, const metrics::Value& mean_square)
{
    if (!is_embedding(unit))
        return std::nullopt;
    if (!mean_square)
        return not_testable("the cosines are not measured in this file");
    constexpr double nearly = 1.1;
    return bound(*mean_square, nearly / unit.cols(), "left: mean cos² over all pairs; right: 1.1/d, random has 1/d");
}

Result random_raw(const UnitFacts& unit, const FactReader&)
{
    return as_random(unit, unit.after.cosine_mean_square);
}

Result random_centred(const UnitFacts& unit, const FactReader&)
{
    return as_random(unit, unit.after.centred_cosine_mean_square);
}

/// (V − d)/(d(V − 1)) ≤ mean cos². The spectrum that it comes from is certified to far better than 1e-9.
Result welch(const UnitFacts& unit, const FactReader&)
{
    const auto v = static_cast<double>(unit.moments->cosine_rows);
    if (!is_embedding(unit) || v < 2)
        return std::nullopt;
    const double left = std::max(0.0, (v - unit.cols()) / (unit.cols() * (v - 1)));
    return Finding{left <= number(unit.after.cosine_mean_square) + 1e-9 ? Verdict::holds : Verdict::violated, left,
                   number(unit.after.cosine_mean_square), "right: mean cos² over all pairs of rows"};
}

Result power_law(const UnitFacts& unit, const FactReader&)
{
    if (!unit.before.powerlaw_alpha || !unit.before.spectral_slope)
        return not_testable("fewer than ten resolved values, or all equal");
    const double left = *unit.before.powerlaw_zipf;
    const double right = -*unit.before.spectral_slope;
    constexpr double agreement = 1.25;
    const bool agree = left <= agreement * right && right <= agreement * left;
    return Finding{agree ? Verdict::holds : Verdict::violated, left, right,
                   "left 1/(α − 1), right −slope over ranks: equal for a power law (here: within a factor 1.25)"};
}

constexpr double zipf_agreement = 1.25;

/// The exponent of the spectrum of diag(√p)·E against that of p.
Result zipf(const UnitFacts& unit, const metrics::Value& exponent, double found)
{
    if (!unit.matrix->is_token_weighted())
        return std::nullopt;
    const metrics::Value& zipf_exponent = unit.after.zipf_exponent;
    if (!exponent || !zipf_exponent)
        return not_testable("fewer than ten resolved values, or fewer than three tokens");
    const bool agree = found <= zipf_agreement * *zipf_exponent && *zipf_exponent <= zipf_agreement * found;
    return Finding{agree ? Verdict::holds : Verdict::violated, found, *zipf_exponent,
                   "left: exponent of the spectrum, right: of the token counts (here: within a factor 1.25)"};
}

Result zipf_slope(const UnitFacts& unit, const FactReader&)
{
    return zipf(unit, unit.after.spectral_slope, -number(unit.after.spectral_slope));
}

Result zipf_alpha(const UnitFacts& unit, const FactReader&)
{
    return zipf(unit, unit.after.powerlaw_zipf, number(unit.after.powerlaw_zipf));
}

Result power_law_likely(const UnitFacts& unit, const FactReader&)
{
    if (!unit.before.powerlaw_llr_exponential)
        return not_testable("fewer than ten resolved values, or all equal");
    const bool beaten = (*unit.before.powerlaw_llr_exponential < 0 && *unit.before.powerlaw_p_exponential < 0.05) ||
                        (*unit.before.powerlaw_llr_lognormal < 0 && *unit.before.powerlaw_p_lognormal < 0.05) ||
                        *unit.before.powerlaw_p_truncated < 0.05;
    return Finding{
        beaten ? Verdict::violated : Verdict::holds,
        std::min({*unit.before.powerlaw_llr_exponential, *unit.before.powerlaw_llr_lognormal,
                  *unit.before.powerlaw_llr_truncated}),
        0, "left: worst log-likelihood ratio against exponential, lognormal and truncated power law (p < 0.05)"};
}

constexpr std::array embedding_list{
    Claim{"power-law-spectrum", "σ_k² falls like k^(−a), so α = 1 + 1/a", "arXiv 2602.00969, mechanism 1", false,
          Subject::reference, power_law},
    Claim{"zipf-slope", "token counts p_k ∝ k^(−a) give the corpus's embeddings σ_k² ∝ k^(−a): −slope = a",
          "arXiv 2602.00969, mechanism 1", false, Subject::every, zipf_slope},
    Claim{"zipf-alpha", "and the power law α = 1 + 1/a: 1/(α − 1) = a", "arXiv 2602.00969, mechanism 1", false,
          Subject::every, zipf_alpha},
    Claim{"power-law-likely", "no usual alternative describes the tail better than a power law",
          "test of arXiv 2602.00969, mechanism 1", false, Subject::reference, power_law_likely},
    Claim{"quasi-orthogonality", "95 % of pairs of token vectors have |cos| < 1/√d", "arXiv 2602.00969, next check 1",
          false, Subject::every, quasi_orthogonal},
    Claim{"quasi-orthogonality-centred", "the same after the mean vector is taken off",
          "arXiv 2602.00969, next check 1, centred", false, Subject::every, quasi_orthogonal_centred},
    Claim{"as-orthogonal-as-random", "mean cos² is that of random directions, 1/d", "arXiv 2602.00969, mechanism 1",
          false, Subject::every, random_raw},
    Claim{"as-orthogonal-as-random-centred", "the same after the mean vector is taken off",
          "arXiv 2602.00969, mechanism 1, centred", false, Subject::every, random_centred},
    Claim{"welch", "mean cos² of V vectors in d dimensions is at least (V − d)/(d(V − 1))", "theorem (Welch 1974)",
          true, Subject::every, welch},
};

}  // namespace

std::span<const Claim> embedding_claims()
{
    return embedding_list;
}

}  // namespace specsweep::verdicts
