#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5/file.hpp"

namespace specsweep::results {

enum class Verdict : std::uint8_t { holds = 0, violated = 1, vacuous = 2, not_testable = 3 };
std::string_view name(Verdict);  ///< "holds", "violated", "vacuous", "not testable"

/// A statement of a source, or a theorem that it rests on.
struct ClaimRow {
    std::string name, statement, source;
    std::int64_t law = 0;  ///< 1: always true; a violation is a fault of ours
};

/// One claim on one unit, or over many (unit −1; left = how many hold, right = how many could be tested).
struct VerdictRow {
    std::int32_t claim = 0;  ///< rows of the tables beside it
    std::int32_t scope = 0;
    std::int32_t note = 0;
    std::int64_t unit = -1;
    double left, right, ratio;  ///< NaN: none
    std::uint8_t verdict = 0;
};

/// A law that does not hold on a unit.
struct BrokenLaw {
    std::int32_t claim;
    std::int64_t unit;
};

/// /verdicts of an aggregate.
struct VerdictTable {
    std::vector<ClaimRow> claims;
    std::vector<std::string> scopes, notes;  ///< row 0 of scopes is "unit", of notes empty
    std::vector<VerdictRow> rows;
    std::vector<BrokenLaw> broken_laws;  ///< by claim, then unit; not of a table that was read
};

/// The texts of a new file's /verdicts; rows are written by VerdictColumns (verdict_columns.hpp).
void write_verdict_texts(hdf5::File&, const VerdictTable&);

/// An empty table when the file has none (shard files, files of older versions).
/// @throws InputError: a column is missing, has another type or length, or points outside its table.
VerdictTable read_verdicts(const hdf5::File&);

}  // namespace specsweep::results
