#pragma once

#include "results/aggregate.hpp"
#include "results/contents.hpp"
#include "results/derived_columns.hpp"
#include "results/unit_columns.hpp"
#include "results/verdict_table.hpp"

namespace specsweep::verdicts {

/// Every claim on every done unit it speaks of, in the order of claims and units, and behind the units of a claim its
/// summaries: over all of them (scope `all`), for each checkpoint, role and quantizer, and each quantizer within a role
/// or checkpoint. Of a summary, left = units on which the claim holds (vacuously or not), right = units on which it
/// could be tested; it is violated when one unit violates it, and its note gives the counts, the range and the sign
/// test.
results::Judge judge();

/// The same of units that are in memory, as one table.
results::VerdictTable evaluate(const results::Contents&, const results::UnitColumns&, const results::DerivedColumns&);

}  // namespace specsweep::verdicts
