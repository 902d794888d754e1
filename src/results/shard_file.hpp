#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/json_forward.hpp"
#include "mpi/communicator.hpp"
#include "results/unit_result.hpp"
#include "sweep/plan.hpp"

namespace specsweep::results {

/// The result file of one shard, open for writing on every rank of a communicator (docs/result_file.md).
///
/// Created whole before the first number: rank 0 writes everything static under a temporary name, syncs and renames.
/// From then on only raw bytes of existing datasets change, by independent writes, so that a killed run leaves a
/// readable file. All row numbers in this interface are rows of the plan that
/// is given (the whole one, or that of the shard alone).
class ShardFile {
public:
    /// Collective. Creates the file or goes on with the one that is there: CRCs are verified, damaged units become
    /// pending, a truncated file is replaced by a fresh one that holds its intact units (the old one stays as
    /// NAME.damaged).
    /// @throws UsageError: the file belongs to another sweep or shard, or another run is writing it;  InputError: not a
    /// result file, or nothing of it can be read;  IoError: no folder, no permission, no space. The same on every rank.
    static ShardFile open_or_create(const mpi::Communicator&, const std::filesystem::path&, const sweep::Plan&,
                                    std::int32_t shard);

    ~ShardFile();
    ShardFile(ShardFile&&) noexcept;
    ShardFile& operator=(ShardFile&&) noexcept;

    const std::filesystem::path& path() const;
    const std::vector<std::int64_t>& units() const;  ///< rows of this shard, ascending

    /// Of units(), in that order, as they were when the file was opened and as this rank wrote them since.
    const std::vector<UnitState>& states() const;
    UnitState state(std::int64_t unit_row) const;

    /// Rows whose CRC did not fit when the file was opened: they are pending again. The same on every rank.
    const std::vector<std::int64_t>& damaged() const;

    /// Not collective; any rank may write any row. Spectrum, moments, then CRC, then state; into every row of this
    /// shard that has the same unit id. Timings follow within seconds, at the latest with close(). @throws IoError;
    /// InternalError when lengths do not fit the plan.
    void write(std::int64_t unit_row, const UnitResult&);

    /// What the file holds of a unit: a reference that an earlier run finished. Not collective.
    UnitResult read(std::int64_t unit_row) const;

    /// Collective: the derived columns of all done units, so that aggregating need not derive them; each rank takes
    /// its part of the rows. @throws IoError, the same on every rank.
    void derive();

    /// Not collective, one rank only (rank 0): how this run was made. Each opening fills one slot; a second call
    /// replaces the text of the first. @throws IoError
    void write_provenance(const Json&);

    /// Collective: makes everything durable and closes. The destructor closes, too, but not while an exception flies.
    void close();

private:
    struct State;
    explicit ShardFile(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

}  // namespace specsweep::results
