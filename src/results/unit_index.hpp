#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/contents.hpp"

namespace specsweep::results {

/// What is held in memory of each unit of an aggregate while it is made: 64 bytes.
struct IndexRow {
    std::int64_t plan_row = 0;
    std::array<std::uint64_t, 2> id{};  ///< the first 128 bits: no two units of any sweep share them by chance
    std::int64_t matrix = 0, reference = 0;
    std::int64_t canonical = 0;  ///< first row with the same id
    std::int64_t sigma_offset = 0;
    std::int64_t quantizer = 0;
};

/// The static parts of several files of one sweep as one, in plan order, whatever the cut: lookup tables, and where
/// each unit goes. The texts of units stay in the files.
class UnitIndex {
public:
    /// @throws UsageError: another sweep than the first file (both named), or other settings;  InputError: the files
    /// disagree about a table.
    void add(const Contents&, const std::filesystem::path&);

    /// Rows renumbered, spectra laid out, header of an aggregate with complete = 0. Call it after the last file.
    /// @throws InputError: two files disagree about a row;  UsageError: nothing was added
    void finish();

    /// Everything but `units`, which is empty. sigma_total is that of all units.
    const Contents& tables() const { return tables_; }
    Header& header() { return tables_.header; }
    std::int64_t size() const { return static_cast<std::int64_t>(rows_.size()); }
    const IndexRow& operator[](std::int64_t row) const { return rows_[static_cast<std::size_t>(row)]; }
    bool is_reference(std::int64_t row) const { return (*this)[row].quantizer == 0; }
    const MatrixRow& matrix_of(std::int64_t row) const;
    std::int64_t sigma_count(std::int64_t row) const { return spectrum_length(tables_.header, matrix_of(row)); }
    std::string unit_title(std::int64_t row) const;  ///< as Contents::unit_title
    /// Row of the unit with this plan row; −1 when it is not there.
    std::int64_t row_of_plan_row(std::int64_t plan_row) const;

private:
    void lay_out();

    std::filesystem::path first_;
    Contents tables_;
    std::vector<IndexRow> rows_;  ///< matrix and reference are plan rows until finish()
};

}  // namespace specsweep::results
