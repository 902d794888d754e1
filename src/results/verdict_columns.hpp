#pragma once

#include <cstdint>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "results/aggregate.hpp"
#include "results/verdict_spool.hpp"

namespace specsweep::results {

/// The rows of /verdicts of a new file, claim by claim: those of units, then summaries. Made as soon as their numbers
/// are known, so that rows of units are written while summaries are made.
class VerdictColumns {
public:
    VerdictColumns(hdf5::File&, const VerdictSpool& of_units, const Judgement&);

    /// @pre the spool that the columns were made with
    void write_units(const VerdictSpool&);
    /// @throws InternalError: not as many rows as were announced
    void write_summaries(const VerdictSpool&);

private:
    struct Place {
        std::int64_t units, summaries, end;
    };
    void write(std::int32_t claim, const VerdictPiece&, std::int64_t first);

    std::vector<Place> places_;  ///< by claim: rows
    hdf5::Column<std::int32_t> claim_, scope_;
    hdf5::Column<std::int64_t> unit_;
    hdf5::Column<double> left_, right_, ratio_;
    hdf5::Column<std::uint8_t> verdict_;
    hdf5::Column<std::int32_t> note_;
};

}  // namespace specsweep::results
