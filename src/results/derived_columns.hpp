#pragma once

#include <cstdint>
#include <vector>

#include "hdf5/file.hpp"
#include "results/contents.hpp"
#include "results/spectrum_columns.hpp"
#include "results/unit_columns.hpp"

namespace specsweep::results {

/// The derived columns of all units, in the order of metrics::columns(); NaN where there is no value.
struct DerivedColumns {
    std::vector<std::vector<double>> values;
    std::vector<bool> computed;  ///< some row of the column has a value or a reason other than `not-computed`
};

/// Derives every done unit from its spectrum and moments, and holds it against its reference: one that fails Weyl or
/// Mirsky becomes failed, with a new CRC. Reasons of derived columns are added to `columns.reasons`.
/// @param inconsistent receives the plan rows that failed.
DerivedColumns derive_all(const Contents&, const SpectrumColumns&, UnitColumns& columns,
                          std::vector<std::int64_t>& inconsistent);

/// /units/<name> for each, with unit, summary and status. @throws IoError
void write_derived_columns(hdf5::File&, const DerivedColumns&);

}  // namespace specsweep::results
