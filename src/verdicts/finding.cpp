#include <cmath>

#include "verdicts/claim.hpp"

namespace specsweep::verdicts {

Finding bound(double left, double right, std::string_view note)
{
    if (std::isnan(left) || std::isnan(right))
        return not_testable("a side of the inequality is not defined on this unit");
    const Verdict verdict = left > right                    ? Verdict::violated
                            : right > vacuous_factor * left ? Verdict::vacuous
                                                            : Verdict::holds;
    return {verdict, left, right, note};
}

Finding exceeds(double left, double right, std::string_view note)
{
    if (std::isnan(left) || std::isnan(right))
        return not_testable("a side of the inequality is not defined on this unit");
    return {left > right ? Verdict::holds : Verdict::violated, left, right, note};
}

Finding not_testable(std::string_view why)
{
    Finding finding;
    finding.note = why;
    return finding;
}

}  // namespace specsweep::verdicts
