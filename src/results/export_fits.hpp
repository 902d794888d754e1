#pragma once

#include <cstdint>

#include "results/csv.hpp"
#include "results/result_file.hpp"

namespace specsweep::results {

/// Table `ww-compat`: WeightWatcher's columns (metrics/ww_compat.hpp), one row a done unit.
void export_weight_watcher(const ResultFile&, CsvWriter&);

/// Table `powerlaw`: the fit in each of the three conventions for D, its runner-up and comparisons, three rows a done
/// unit that has one. @param bootstrap samples of the goodness-of-fit test; 0: its column is empty
/// @param minimum_tail values that a tail must have; 0: any tail, as in the columns of `units`
void export_power_laws(const ResultFile&, CsvWriter&, std::int64_t bootstrap, std::int64_t minimum_tail);

}  // namespace specsweep::results
