#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/value.hpp"
#include "results/contents.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// Every derived column of one done unit, in the order of metrics::columns(): what follows from spectra and moments.
/// Tolerance and seed are those of the header.
/// @param reference the reference unit of the same matrix; null when `unit` is a reference itself. One that is not done
/// leaves the pair columns empty (`reference-failed`, `reference-pending`).
/// Pair columns of a reference are empty with the reason `reference`.
std::vector<metrics::Value> derive(const MatrixRow&, const Header&, const UnitResult& unit,
                                   const UnitResult* reference);

/// "column:code" items, joined by ';', of the columns without a value; pair columns of a reference are silent,
/// and so are columns that their leader speaks for (metrics::Column).
enum class NotComputed { named, silent };
std::string derived_reasons(std::span<const metrics::Value>, NotComputed);

/// Weyl and Mirsky against the reference with the bounds as slack: "unit:weyl-violated", "unit:mirsky-violated".
/// @pre both done, of the same matrix
std::optional<std::string> pair_violation(const MatrixRow&, const UnitResult& unit, const UnitResult& reference);

/// ‖E‖_F of m·n summands added in fp64 is off by at most this, whatever the order of the sum: (m·n + 4)·2⁻⁵³ relative.
double frobenius_rounding(const MatrixRow&);

}  // namespace specsweep::results
