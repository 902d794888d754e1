#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verdicts/claim.hpp"

namespace specsweep::verdicts {

/// Verdicts of one claim over many units.
class Summary {
public:
    void add(const Finding& finding) { add(finding.verdict, finding.left / finding.right); }
    void add(Verdict, double ratio);  ///< of left and right
    void add(const Summary&);         ///< of other units
    void clear();                     ///< empty again, without giving memory back

    bool is_empty() const { return tested() + not_testable_ == 0; }
    Verdict verdict() const;  ///< violated when one unit violates it; vacuous when nothing else was found
    std::int64_t satisfied() const { return holds_ + vacuous_; }
    std::int64_t tested() const { return holds_ + vacuous_ + violated_; }
    /// "holds 3, violated 2, vacuous 0, not testable 1; left/right 0.9 … 1.1, median 1.02; sign test p = 0.5"
    std::string note() const;

private:
    std::int64_t holds_ = 0, violated_ = 0, vacuous_ = 0, not_testable_ = 0;
    std::vector<double> ratios_;
};

/// Two-sided p of `holds` heads in holds + violated throws of a fair coin, by the binomial distribution.
double sign_test(std::int64_t holds, std::int64_t violated);

}  // namespace specsweep::verdicts
