#include "results/unit_agreement.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "results/derive.hpp"
#include "results/moment_list.hpp"

namespace specsweep::results {

namespace {

bool same_bits(const std::vector<double>& a, const std::vector<double>& b)
{
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

bool same_bits(double a, double b)
{
    return std::memcmp(&a, &b, sizeof a) == 0;
}

bool same_bits(const metrics::ExtendedMoments* a, const metrics::ExtendedMoments* b)
{
    if (a == nullptr || b == nullptr)
        return a == b;
    return std::all_of(extended_moments().begin(), extended_moments().end(),
                       [&](const ExtendedMoment& moment) { return same_bits(a->*moment.member, b->*moment.member); });
}

bool same_bits(const RareMoments& a, const RareMoments& b)
{
    if (!same_bits(kept_extended(a), kept_extended(b)))
        return false;
    if (!a.cosine_histogram || !b.cosine_histogram)
        return a.cosine_histogram == b.cosine_histogram;
    return *a.cosine_histogram == *b.cosine_histogram;
}

bool same_bits(const Moments& a, const Moments& b)
{
    const auto same = [&](const auto& moment) {
        using Number = std::decay_t<decltype(a.*moment.member)>;
        if constexpr (std::is_same_v<Number, double>)
            return same_bits(a.*moment.member, b.*moment.member);
        else
            return a.*moment.member == b.*moment.member;
    };
    return std::all_of(real_moments().begin(), real_moments().end(), same) &&
           std::all_of(count_moments().begin(), count_moments().end(), same);
}

class Collector {
public:
    Collector(UnitAgreement& into, std::size_t most) : into_(into), most_(most) {}

    void require(std::string_view column, std::int64_t k, double left, double right, double allowed)
    {
        const double apart = std::abs(left - right);
        const bool both_undefined = std::isnan(left) && std::isnan(right);
        if (apart <= allowed || left == right || both_undefined || into_.beyond.size() >= most_)
            return;
        const double beyond =
            allowed > 0 && std::isfinite(apart) ? apart / allowed : std::numeric_limits<double>::infinity();
        into_.beyond.push_back({std::string(column), k, left, right, beyond});
    }

private:
    UnitAgreement& into_;
    std::size_t most_;
};

/// Moments of later format versions: sums and maxima of as many summands, shares of sampled pairs, bounds that need not
/// be equal but must not exclude each other.
void require_younger(const Moments& a, const Moments& b, Collector& collect)
{
    constexpr double loose = 1e-6;
    for (const RealMoment& moment : real_moments()) {
        if (moment.since == 1 || moment.member == &Moments::error_spectral_low ||
            moment.member == &Moments::error_spectral_high)
            continue;
        const double left = a.*moment.member;
        const double right = b.*moment.member;
        if (std::isnan(left) != std::isnan(right))  // one of the files is older
            continue;
        collect.require(moment.path.substr(moment.path.rfind('/') + 1), 0, left, right,
                        loose * std::max(std::abs(left), std::abs(right)) + 1e-12);
    }
    const double low = std::max(a.error_spectral_low, b.error_spectral_low);
    collect.require("error_spectral_low", 0, std::max(0.0, low - a.error_spectral_high), 0, loose * low);
    collect.require("error_spectral_low", 0, std::max(0.0, low - b.error_spectral_high), 0, loose * low);
}

void compare_moments(const MatrixRow& matrix, const UnitResult& left, const UnitResult& right, double tolerance,
                     Collector& collect)
{
    const Moments& a = left.moments;
    const Moments& b = right.moments;
    const double rounding = std::max(2 * frobenius_rounding(matrix), tolerance);
    collect.require("frobenius_squared", 0, a.frobenius_squared, b.frobenius_squared,
                    a.frobenius_squared_error + b.frobenius_squared_error);
    collect.require("error_frobenius_squared", 0, a.error_frobenius_squared, b.error_frobenius_squared,
                    rounding * a.error_frobenius_squared);
    const double scale =
        std::sqrt(a.frobenius_squared) * std::sqrt(a.error_frobenius_squared) + a.error_frobenius_squared;
    collect.require("inner_product", 0, a.inner_product, b.inner_product, rounding * scale);
    collect.require("error_max", 0, a.error_max, b.error_max, tolerance * a.error_max);
    require_younger(a, b, collect);
    collect.require("zeroed", 0, static_cast<double>(a.zeroed), static_cast<double>(b.zeroed), 0);
    collect.require("clipped", 0, static_cast<double>(a.clipped), static_cast<double>(b.clipped), 0);
}

}  // namespace

UnitAgreement agreement(const MatrixRow& matrix, const UnitResult& left, const UnitResult& right, double tolerance,
                        std::size_t most)
{
    UnitAgreement result;
    result.identical = same_bits(left.sigma, right.sigma) && same_bits(left.error, right.error) &&
                       same_bits(left.moments, right.moments) && same_bits(left.rare, right.rare);
    if (result.identical)
        return result;
    Collector collect(result, most);
    collect.require("sigma_count", 0, static_cast<double>(left.sigma.size()), static_cast<double>(right.sigma.size()),
                    0);
    if (left.sigma.size() == right.sigma.size())
        for (std::size_t i = 0; i < left.sigma.size(); ++i)
            collect.require("sigma", static_cast<std::int64_t>(i) + 1, left.sigma[i], right.sigma[i],
                            left.error[i] + right.error[i]);
    compare_moments(matrix, left, right, tolerance, collect);
    return result;
}

}  // namespace specsweep::results
