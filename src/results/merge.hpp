#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/contents.hpp"

namespace specsweep::results {

/// The static parts of several files of one sweep as one, in plan order, whatever the cut.
class TableMerge {
public:
    /// @throws UsageError: another sweep than the first file (both named), or other settings;  InputError: the files
    /// disagree about a table.
    void add(const Contents&, const std::filesystem::path&);

    /// Rows renumbered, spectra laid out, header of an aggregate with complete = 0.
    /// @throws InputError: two files disagree about a row;  UsageError: nothing was added
    Contents finish();

private:
    std::filesystem::path first_;
    Contents merged_;  ///< matrix and reference of a unit are plan rows until finish()
};

/// Row of the unit with this plan row, in any contents; −1 when it is not there.
std::int64_t row_of_plan_row(const Contents&, std::int64_t plan_row);

}  // namespace specsweep::results
