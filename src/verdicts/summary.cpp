#include "verdicts/summary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "base/format.hpp"
#include "metrics/quantile.hpp"

namespace specsweep::verdicts {

namespace {

/// ln Γ(x), x > 0. std::lgamma also writes a sign that all threads share.
double log_gamma(double x)
{
    int sign = 0;
    return ::lgamma_r(x, &sign);
}

/// As metrics::quantile of the sorted values. @param values by value: their order is changed
double median(std::vector<double> values)
{
    const auto upper = values.begin() + std::ssize(values) / 2;
    std::nth_element(values.begin(), upper, values.end());
    const bool is_odd = values.size() % 2 == 1;
    const std::array middle{is_odd ? *upper : *std::max_element(values.begin(), upper), *upper};
    return metrics::quantile(middle, 0.5);
}

}  // namespace

void Summary::add(Verdict verdict, double ratio)
{
    switch (verdict) {
        case Verdict::holds:
            ++holds_;
            break;
        case Verdict::violated:
            ++violated_;
            break;
        case Verdict::vacuous:
            ++vacuous_;
            break;
        case Verdict::not_testable:
            ++not_testable_;
            return;
    }
    if (std::isfinite(ratio))
        ratios_.push_back(ratio);
}

void Summary::add(const Summary& other)
{
    holds_ += other.holds_;
    violated_ += other.violated_;
    vacuous_ += other.vacuous_;
    not_testable_ += other.not_testable_;
    ratios_.insert(ratios_.end(), other.ratios_.begin(), other.ratios_.end());
}

void Summary::clear()
{
    holds_ = violated_ = vacuous_ = not_testable_ = 0;
    ratios_.clear();
}

Verdict Summary::verdict() const
{
    if (violated_ > 0)
        return Verdict::violated;
    if (holds_ > 0)
        return Verdict::holds;
    return vacuous_ > 0 ? Verdict::vacuous : Verdict::not_testable;
}

std::string Summary::note() const
{
    fmt::memory_buffer text;
    const auto end = std::back_inserter(text);
    fmt::format_to(end, "holds {}, violated {}, vacuous {}, not testable {}", holds_, violated_, vacuous_,
                   not_testable_);
    if (!ratios_.empty()) {
        const auto [least, most] = std::minmax_element(ratios_.begin(), ratios_.end());
        fmt::format_to(end, "; left/right {:.4g} to {:.4g}, median {:.4g}", *least, *most, median(ratios_));
    }
    if (holds_ + violated_ > 0)
        fmt::format_to(end, "; sign test p = {:.2g}", sign_test(holds_, violated_));
    return fmt::to_string(text);
}

double sign_test(std::int64_t holds, std::int64_t violated)
{
    const auto n = static_cast<double>(holds + violated);
    const std::int64_t fewer = std::min(holds, violated);
    const double orders = log_gamma(n + 1);
    double tail = 0;
    for (std::int64_t i = fewer; i >= 0; --i) {
        const auto k = static_cast<double>(i);
        const double term = std::exp(orders - log_gamma(k + 1) - log_gamma(n - k + 1) - n * std::log(2.0));
        tail += term;
        constexpr double nothing = 0x1p-60;  // terms fall with k: what follows does not change the sum any more
        if (term <= nothing * tail)
            break;
    }
    return std::min(1.0, 2 * tail);
}

}  // namespace specsweep::verdicts
