#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "verdicts/claim_lists.hpp"

namespace specsweep::verdicts {

namespace {

using Result = std::optional<Finding>;

/// How the two or three matrices of an MLP follow one another, by model type; biases are left out.
enum class Chain {
    plain,   ///< f(x) = W_d·φ(W_u x)
    gated,   ///< f(x) = W_d·(φ(W_g x) ⊙ W_u x)
    unknown  ///< something else (gpt_oss clips and shifts), either of them (t5), or not known
};

Chain chain_of(std::string_view model_type)
{
    constexpr std::array<std::string_view, 10> plain{"bert", "bloom",   "falcon",   "gpt2", "gpt_bigcode",
                                                     "gptj", "gpt_neo", "gpt_neox", "opt",  "phi"};
    constexpr std::array<std::string_view, 10> gated{"gemma", "gemma2", "llama",     "mistral", "mixtral",
                                                     "phi3",  "qwen2",  "qwen2_moe", "qwen3",   "qwen3_moe"};
    if (std::find(plain.begin(), plain.end(), model_type) != plain.end())
        return Chain::plain;
    return std::find(gated.begin(), gated.end(), model_type) != gated.end() ? Chain::gated : Chain::unknown;
}

/// sup |φ'| of the activations in use, largest first, from φ'' = 0:
///
///   GELU, by tanh    1.12899   at x = 1.42
///   GELU, x·Φ(x)     1.12890   at x = √2: Φ(√2) + √2·φ(√2)
///   SiLU, x·s(x)     1.09984   at x = 2.40; the same for every s(βx)
///   ReLU             1
///
/// All have φ(0) = 0, so ‖φ(z)‖ ≤ L‖z‖. A result file names the model type, not the activation that its config may
/// choose: the largest constant serves all of them.
constexpr double lipschitz = 1.129;

/// What a bound takes of one layer.
struct Layer {
    double norm;             ///< ‖W‖₂, an upper bound
    double norm_after;       ///< ‖W̃‖₂, an upper bound
    double error_norm;       ///< ‖E‖₂, an upper bound
    double frobenius;        ///< ‖W‖_F
    double frobenius_after;  ///< ‖W̃‖_F
    double error_frobenius;  ///< ‖E‖_F

    explicit Layer(const UnitFacts& unit)
        : norm(number(unit.before.sigma_max) + number(unit.before.sigma_max_error)),
          norm_after(number(unit.after.sigma_max) + number(unit.after.sigma_max_error)),
          error_norm(std::fmin(number(unit.pair.error_spectral_upper), number(unit.pair.error_spectral_high))),
          frobenius(std::sqrt(number(unit.before.frobenius_squared))),
          frobenius_after(std::sqrt(number(unit.after.frobenius_squared))),
          error_frobenius(number(unit.pair.error_frobenius))
    {
    }
};

/// Three numbers of a chain, all for ‖x‖ = 1.
struct Propagation {
    double source;  ///< Σ_l (Π_{j>l} ‖W_j‖₂)·‖E_l‖_F; layers beside each other both stand before the last
    double telescope;  ///< upper bound of ‖f(x) − f_Q(x)‖ for every x
    double typical;    ///< its root mean square where the layers' directions have nothing to do with one another
};

///   ‖f − f_Q‖ ≤ L(‖W_d‖‖E_u‖ + ‖E_d‖‖W̃_u‖)‖x‖
Propagation plain(const Layer& up, const Layer& down, double inner, double inputs)
{
    return {down.norm * up.error_frobenius + down.error_frobenius,
            lipschitz * (down.norm * up.error_norm + down.error_norm * up.norm_after),
            std::hypot(down.frobenius * up.error_frobenius, down.error_frobenius * up.frobenius_after) /
                std::sqrt(inner * inputs)};
}

///   ‖f − f_Q‖ ≤ L(‖W_d‖(‖E_g‖‖W_u‖ + ‖W̃_g‖‖E_u‖) + ‖E_d‖‖W̃_g‖‖W̃_u‖)‖x‖²,   by ‖a ⊙ b‖ ≤ ‖a‖‖b‖
Propagation gated(const Layer& gate, const Layer& up, const Layer& down, double inner, double inputs)
{
    const double before_down =
        std::hypot(gate.error_frobenius * up.frobenius, gate.frobenius_after * up.error_frobenius);
    return {down.norm * (gate.error_frobenius + up.error_frobenius) + down.error_frobenius,
            lipschitz * (down.norm * (gate.error_norm * up.norm + gate.norm_after * up.error_norm) +
                         down.error_norm * gate.norm_after * up.norm_after),
            std::hypot(down.frobenius * before_down, down.error_frobenius * gate.frobenius_after * up.frobenius_after) /
                (inner * inputs)};
}

/// Either the numbers of the chain that ends with this projection, or why there are none.
struct Found {
    std::optional<Propagation> numbers;
    std::string_view reason;
};

Found propagation_of(const UnitFacts& down, const FactReader& facts)
{
    const bool expert = down.matrix->role == "expert_down";
    const Chain chain = chain_of(down.checkpoint->model_type);
    if (chain == Chain::unknown)
        return {{}, "what stands between up and down projection of this model type is not declared"};
    const auto up = facts.neighbour(down, expert ? "expert_up" : "mlp_up");
    if (!up)
        return {{}, "the sweep has no done up projection of the same block under this quantizer"};
    if (chain == Chain::plain)
        return {plain(Layer(*up), Layer(down), down.cols(), up->cols()), {}};
    const auto gate = facts.neighbour(down, expert ? "expert_gate" : "mlp_gate");
    if (!gate)
        return {{}, "the sweep has no done gate projection of the same block under this quantizer"};
    return {gated(Layer(*gate), Layer(*up), Layer(down), down.cols(), up->cols()), {}};
}

bool ends_chain(const UnitFacts& unit)
{
    return unit.matrix->role == "mlp_down" || unit.matrix->role == "expert_down";
}

/// The source's sum is proven where the telescoped bound does not exceed it. Where it does, spectra cannot tell: the
/// error itself needs the matrices.
Result propagation(const UnitFacts& down, const FactReader& facts)
{
    if (!ends_chain(down))
        return std::nullopt;
    const Found found = propagation_of(down, facts);
    if (!found.numbers)
        return not_testable(found.reason);
    Finding finding =
        bound(found.numbers->telescope, found.numbers->source,
              "proven for ‖x‖ ≤ 1: left is the telescoped bound with L = 1.129 (GELU; SiLU 1.100, ReLU 1), right the "
              "source's sum, which lacks ‖x‖ and the norms of earlier layers");
    if (finding.verdict == Verdict::violated) {
        finding.verdict = Verdict::not_testable;
        finding.note =
            "neither proven nor refuted by spectra: the telescoped bound for ‖x‖ = 1, L = 1.129 (left), exceeds the "
            "source's sum (right), which lacks ‖x‖ and the norms of earlier layers";
    }
    return finding;
}

Result propagation_telescoped(const UnitFacts& down, const FactReader& facts)
{
    if (!ends_chain(down))
        return std::nullopt;
    const Found found = propagation_of(down, facts);
    if (!found.numbers)
        return not_testable(found.reason);
    if (found.numbers->telescope == 0)
        return not_testable("the quantizer changed nothing: E = 0");
    return bound(found.numbers->typical, found.numbers->telescope,
                 "‖x‖ = 1, L = 1.129 (GELU; SiLU 1.100, ReLU 1), no biases; left: RMS error if the layers' directions "
                 "are independent, right: the bound");
}

constexpr std::array chain_list{
    Claim{"propagation", "‖f(x) − f_Q(x)‖ ≤ Σ_l Π_{j>l} ‖W_j‖_op·ε_l, f an MLP (up, then down)",
          "LOCK-SpectralQuant, step 2", false, Subject::quantized, propagation},
    Claim{"propagation-telescoped",
          "‖f(x) − f_Q(x)‖ ≤ L(‖W_d‖‖E_u‖ + ‖E_d‖‖W̃_u‖)‖x‖ is within 10³ of the error to expect",
          "theorem behind LOCK-SpectralQuant, step 2", false, Subject::quantized, propagation_telescoped},
};

}  // namespace

std::span<const Claim> chain_claims()
{
    return chain_list;
}

}  // namespace specsweep::verdicts
