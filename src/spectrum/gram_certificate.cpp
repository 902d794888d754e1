#include "spectrum/gram_certificate.hpp"

#include <algorithm>
#include <cmath>

#include "spectrum/long_side.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {
namespace {

constexpr double updates_factor = 4;
constexpr double longest_chased = 16;  // entries of a reflector that chases the band

double probabilistic(const GramFacts& facts)
{
    const auto k = static_cast<double>(facts.width);
    const auto pieces = static_cast<double>(facts.pieces);
    const double tail = tail_factor(facts.width);
    constexpr auto length = static_cast<double>(LongSide::piece_length);
    const double sums = std::max(tail * std::sqrt(2 * length + pieces), (length + pieces) / 2);
    const double updates = facts.width > 1 ? tail * std::sqrt(updates_factor * k) : 0;
    return (sums + updates) * unit_roundoff * facts.lambda_max;
}

double worst_case(const GramFacts& facts)
{
    const auto k = static_cast<double>(facts.width);
    const auto pieces = static_cast<double>(facts.pieces);
    constexpr auto length = static_cast<double>(LongSide::piece_length);
    const double gram_norm = std::sqrt(facts.lambda_max * facts.frobenius_squared);
    const double updates = facts.width > 1 ? 2 * k * gamma_factor(12 * (k + longest_chased)) * gram_norm : 0;
    return gamma_factor(length + pieces + 2) * facts.frobenius_squared + updates;
}

}  // namespace

double gram_eigenvalue_bound(const GramFacts& facts, Certificate certificate)
{
    const double bound = certificate == Certificate::probabilistic ? probabilistic(facts) : worst_case(facts);
    // λ₁ itself is known to within the bound only: one step of bound ← bound·(1 + bound/λ₁) is more than enough.
    return facts.lambda_max > 0 ? bound * (1 + 2 * bound / facts.lambda_max) : bound;
}

double square_root_bound(double lambda, double delta)
{
    const double root = std::sqrt(std::max(0.0, lambda));
    const double below = root - std::sqrt(std::max(0.0, lambda - delta));
    const double above = std::sqrt(std::max(0.0, lambda + delta)) - root;
    return std::max(below, above) + 3 * unit_roundoff * (root + std::max(below, above));
}

}  // namespace specsweep::spectrum
