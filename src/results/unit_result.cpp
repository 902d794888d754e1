#include "results/unit_result.hpp"

namespace specsweep::results {

std::string_view name(UnitState state)
{
    switch (state) {
        case UnitState::pending:
            return "pending";
        case UnitState::done:
            return "done";
        case UnitState::failed:
            return "failed";
    }
    return "";
}

}  // namespace specsweep::results
