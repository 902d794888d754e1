#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/json_forward.hpp"
#include "results/durability.hpp"
#include "results/judged_units.hpp"
#include "results/source_files.hpp"
#include "results/verdict_spool.hpp"

namespace specsweep::results {

/// What an aggregation found; the files are written when this is returned.
struct AggregateSummary {
    std::filesystem::path file, provenance;
    std::int64_t files = 0;    ///< shard files or aggregates read
    std::int64_t planned = 0;  ///< units of the whole sweep
    std::int64_t units = 0;    ///< rows in the aggregate
    std::int64_t done = 0, failed = 0, pending = 0;
    std::int64_t missing = 0;                  ///< planned rows that stand in no file
    std::vector<std::int32_t> missing_shards;  ///< of the cut that most files come from
    std::int64_t duplicates_identical = 0;
    std::int64_t duplicates_within_bounds = 0;  ///< other CPU type: the first was kept
    std::vector<std::string> duplicate_examples;
    std::vector<std::int64_t> damaged;            ///< plan rows whose CRC did not fit: pending in the aggregate
    std::vector<std::int64_t> inconsistent;       ///< plan rows that fail Weyl or Mirsky: failed in the aggregate
    std::vector<std::string> inconsistent_units;  ///< the same, by name
    std::vector<std::string> broken_laws;         ///< "claim unit-id": theorems that did not hold, a fault of ours

    bool complete() const { return missing == 0 && pending == 0; }
};

/// Units that were judged; their rows stand in a spool, the summaries of each claim are to follow.
class Judgement {
public:
    Judgement() = default;
    virtual ~Judgement() = default;
    Judgement(const Judgement&) = delete;
    Judgement& operator=(const Judgement&) = delete;

    /// How many rows of a claim summarize() adds.
    virtual std::int64_t summary_rows(std::size_t claim) const = 0;
    /// Rows go into the spool given here; the table has the texts. Reads the spool of the units.
    virtual VerdictTable summarize(VerdictSpool&) = 0;
};

/// Judges what an aggregate holds; of a module above this one (verdicts::judge).
struct Judge {
    std::size_t claims = 0;
    /// Rows of units go into the spool, which has room for that many claims. Units and spool must outlive what is
    /// returned.
    std::function<std::unique_ptr<Judgement>(const JudgedUnits&, VerdictSpool&)> judge;
};

/// One file from shard files (or aggregates), in plan order, with every derived column, and `NAME.provenance.h5` beside
/// it. The bytes of the first depend on the sweep and its numbers only: not on cut, ranks, kills, hosts, paths or time.
/// @param sources files, or folders whose *.h5 are taken in the order of their names
/// @throws UsageError: no file, files of different sweeps (both named);  InputError: not a result file; two files that
/// disagree about a unit beyond its bounds;  IoError
/// @param judge makes /verdicts; without one there is none.
AggregateSummary aggregate(std::span<const std::filesystem::path> sources, const std::filesystem::path& output,
                           const Judge& judge = {}, Durable = Durable::yes);

/// `aggregate --rederive`: the derived columns of an aggregate computed anew from its spectra and moments, written to
/// `output` (which may be the same file; replaced atomically).
AggregateSummary rederive(const std::filesystem::path& file, const std::filesystem::path& output,
                          const Judge& judge = {});

Json to_json(const AggregateSummary&);
/// A few lines for people, ends with a newline.
std::string to_text(const AggregateSummary&);

}  // namespace specsweep::results
