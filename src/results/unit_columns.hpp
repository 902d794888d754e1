#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hdf5/file.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// What units fill but for their spectra, whole columns at once: how files are read.
struct UnitColumns {
    std::vector<std::uint8_t> states;  ///< as stored: another value than 0, 1, 2 is damage
    std::vector<std::uint32_t> crcs;
    std::vector<std::string> methods, reasons;
    std::vector<Moments> moments;

    UnitColumns() = default;
    explicit UnitColumns(std::size_t units);  ///< everything pending, as in a new file
    std::size_t size() const { return states.size(); }
    UnitState state(std::int64_t row) const;  ///< what is no state counts as pending
};

/// Of a unit that nobody has computed: as in a new file.
Moments no_moments();

/// Rows first, first + 1, … @throws InputError: a column is missing or has another type.
UnitColumns read_unit_rows(const hdf5::File&, std::int64_t first, std::int64_t count, std::int64_t format_version);

/// @throws InputError: a column is missing or has another type or length.
UnitColumns read_unit_columns(const hdf5::File&, std::size_t units, std::int64_t format_version);

}  // namespace specsweep::results
