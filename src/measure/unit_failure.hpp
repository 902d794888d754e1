#pragma once

#include <string>

#include "base/error.hpp"

namespace specsweep::measure {

/// What fails one unit and lets the run go on. `reason` is what result files keep: "unit:nonfinite-weight[3,7]=nan"
/// (code and coordinates, never a path or a rank: equal faults must give equal bytes).
class UnitFailure : public Error {
public:
    UnitFailure(ExitCode code, std::string reason, std::string problem, std::string why = {})
        : Error(code, std::move(problem), std::move(why)), reason_(std::move(reason))
    {
    }

    const std::string& reason() const noexcept { return reason_; }

private:
    std::string reason_;
};

}  // namespace specsweep::measure
