#pragma once

#include <cmath>
#include <string_view>

namespace specsweep::metrics {

/// Reason of a column that does not speak of the unit at all (cosines of a matrix that is no embedding); not listed.
inline constexpr std::string_view not_applicable = "not-applicable";

/// A number, or the code of the reason why there is none. Never NaN; infinity is a value (SQNR of an exact quantizer).
/// Reads like std::optional<double>. Codes are string literals.
class Value {
public:
    constexpr Value() = default;

    /// A result that came out as NaN (0/0, ∞ − ∞ of values at the end of fp64's range) is undefined, not a number.
    Value(double value) : value_(value), reason_(std::isnan(value) ? "out-of-range" : "") {}

    static constexpr Value undefined(std::string_view reason)
    {
        Value result;
        result.reason_ = reason;
        return result;
    }

    /// A stored measurement; NaN: of a file that is older than it.
    static Value measured(double value) { return std::isnan(value) ? undefined("not-measured") : Value(value); }

    constexpr bool has_value() const { return reason_.empty(); }
    constexpr explicit operator bool() const { return has_value(); }
    constexpr double operator*() const { return value_; }
    constexpr std::string_view reason() const { return reason_; }  ///< empty when there is a number

private:
    double value_ = 0;
    std::string_view reason_ = "not-computed";
};

}  // namespace specsweep::metrics
