#include "sweep/unit_id.hpp"

#include "base/json.hpp"

namespace specsweep::sweep {

namespace {

constexpr std::string_view quantizer_key = "\"quantizer\":";

}  // namespace

UnitIdentity::UnitIdentity(const Plan& plan, const PlanMatrix& matrix) : matrix_(matrix.matrix.name)
{
    Json identity{
        {"certificate", plan.certificate},
        {"content", matrix.content_digest.hex()},
        {"dtype", name(matrix.location.dtype)},
        {"numerics_version", plan.numerics_version},
        {"orientation", checkpoint::name(matrix.matrix.slice.orientation)},
        {"quantizer", nullptr},
        {"seed", plan.seed},
        {"shape", matrix.location.shape},
        {"slice", matrix.matrix.slice.canonical()},
        {"tolerance", plan.tolerance},
    };
    if (matrix.weighting)
        identity["token_weighted"] = {
            {"centred", matrix.weighting->centred},
            {"counts", plan.token_counts[static_cast<std::size_t>(matrix.weighting->counts)].digest.hex()}};
    if (plan.metrics != "full")
        identity["metrics"] = plan.metrics;
    // Everything but the quantizer is the same for all units of a matrix: cut once where it goes in.
    const std::string text = canonical_json(identity);
    const std::size_t cut = text.find(std::string(quantizer_key) + "null") + quantizer_key.size();
    before_quantizer_ = text.substr(0, cut);
    after_quantizer_ = text.substr(cut + 4);
}

std::string UnitIdentity::canonical_text(std::string_view quantizer) const
{
    const bool by_name = quantizer.starts_with("checkpoint:");
    const std::string text = by_name ? std::string(quantizer) + " " + matrix_ : std::string(quantizer);
    return before_quantizer_ + canonical_json(Json(text)) + after_quantizer_;
}

std::string UnitIdentity::id(std::string_view quantizer) const
{
    return sha256_hex(canonical_text(quantizer));
}

}  // namespace specsweep::sweep
