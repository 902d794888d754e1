#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "results/durability.hpp"
#include "results/record_spool.hpp"
#include "results/result_file.hpp"

namespace specsweep::results {

/// One file that an aggregate was made from.
struct SourceRow {
    std::string path, cut_sha256;
    std::int64_t shard = -1;  ///< −1: an aggregate
    std::int64_t units = 0;
    std::string plan;  ///< JSON: checkpoint paths, shards, machine
};

/// One opening of a source file by a run: JSON with hosts, MPI size, command line, versions, Slurm ids.
struct RunRow {
    std::int64_t source = 0;
    std::string text;
};

/// What is known of how numbers came about, apart from the numbers. Rows of `timing` are those of the aggregate.
struct Provenance {
    std::vector<SourceRow> sources;
    std::vector<RunRow> runs;
    std::vector<std::string> unit_ids;
    std::vector<Timing> timing;
    std::vector<std::int64_t> timing_source;  ///< −1: pending
    std::string aggregate;                    ///< JSON: counts of duplicates and damage
};

/// @throws InputError, IoError
Provenance read_provenance_file(const std::filesystem::path&);

/// A provenance file on its way, beside its place; what never gets there is removed.
class ProvenanceWriter {
public:
    /// All but Provenance::aggregate; what is known of single units comes from their records. @throws IoError
    ProvenanceWriter(const std::filesystem::path&, const Header&, const Provenance&, const RecordSpool&,
                     std::int64_t units);
    ~ProvenanceWriter();
    ProvenanceWriter(const ProvenanceWriter&) = delete;
    ProvenanceWriter& operator=(const ProvenanceWriter&) = delete;

    /// @param aggregate the member of Provenance. The file is made durable and renamed while the caller goes on: get()
    /// of what is returned waits for that. @throws IoError, get() too
    std::future<void> publish(const std::string& aggregate, Durable);

private:
    std::filesystem::path path_, temporary_;
    hdf5::File file_;
};

/// Sources, runs and timing of one input of an aggregation; an aggregate brings those of its own provenance file, if it
/// still has one. Rows of `timing` are the file's.
Provenance provenance_of(const ResultFile&);

}  // namespace specsweep::results
