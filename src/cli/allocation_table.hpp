#pragma once

#include <string>
#include <vector>

#include "verdicts/allocate.hpp"

namespace specsweep::cli {

/// CSV, one row a budget and rule: checkpoint, step, budget, rule, bits, error, error_bound, times_bound, correlation,
/// note. Numbers of a rule that finds nothing within the budget are empty.
std::string allocation_table(const std::vector<verdicts::BudgetReport>& curve);

}  // namespace specsweep::cli
