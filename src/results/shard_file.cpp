#include "results/shard_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "hdf5/file.hpp"
#include "hdf5/text_column.hpp"
#include "mpi/agreement.hpp"
#include "mpi/collectives.hpp"
#include "results/create_shard.hpp"
#include "results/derive_shard.hpp"
#include "results/file_lock.hpp"
#include "results/layout.hpp"
#include "results/resume.hpp"
#include "results/run_text.hpp"
#include "results/timing_buffer.hpp"
#include "results/unit_store.hpp"

namespace specsweep::results {

/// Members in the order of their lives: datasets are released before the file, the file before the lock.
struct ShardFile::State {
    mpi::Communicator communicator;
    std::filesystem::path path;
    Contents contents;
    std::vector<std::vector<std::int64_t>> groups;  ///< rows of one id
    std::vector<std::size_t> group_of;              ///< of each row
    std::vector<std::int64_t> plan_rows;
    std::vector<UnitState> states;
    std::vector<std::int64_t> damaged;
    std::int64_t run_slot = 0;

    FileLock lock;
    std::optional<hdf5::File> file;
    UnitStore store;
    TimingStore timing;
    TimingBuffer recent_timing;
    hdf5::TextColumn runs;

    explicit State(mpi::Communicator own) : communicator(std::move(own)) {}

    std::int64_t row_of(std::int64_t plan_row) const;
    void take(const ResumePoint&);
    void share(std::vector<std::uint8_t>& bytes);
};

namespace {

/// A file that rank 0 has just renamed may not be visible at once on another node (NFS caches directories).
void wait_until_reachable(const std::filesystem::path& path)
{
    using namespace std::chrono_literals;
    for (int attempt = 0; attempt < 100; ++attempt) {
        // Really opened: access() and open() can disagree (network file systems), and a collective open that fails on
        // one rank only leaves the others waiting in OMPIO for ever.
        if (const int handle = ::open(path.c_str(), O_RDWR | O_CLOEXEC); handle >= 0) {
            ::close(handle);
            return;
        }
        if (errno != ENOENT && errno != ESTALE)
            break;
        std::this_thread::sleep_for(100ms);
    }
    throw IoError(fmt::format("cannot open {} for writing", path.string()), system_message(errno),
                  "every rank must be able to write the output folder");
}

}  // namespace

std::int64_t ShardFile::State::row_of(std::int64_t plan_row) const
{
    const auto found = std::lower_bound(plan_rows.begin(), plan_rows.end(), plan_row);
    if (found == plan_rows.end() || *found != plan_row)
        throw InternalError(fmt::format("unit {} is not in {}", plan_row, path.string()));
    return found - plan_rows.begin();
}

void ShardFile::State::take(const ResumePoint& point)
{
    states = point.states;
    run_slot = point.run_slot;
    for (const std::int64_t row : point.damaged)
        damaged.push_back(plan_rows[static_cast<std::size_t>(row)]);
}

void ShardFile::State::share(std::vector<std::uint8_t>& bytes)
{
    for (const UnitState state : states)
        bytes.push_back(static_cast<std::uint8_t>(state));
    mpi::broadcast(communicator, bytes, 0);
    mpi::broadcast(communicator, damaged, 0);
    mpi::broadcast(communicator, run_slot, 0);
    states.clear();
    for (const std::uint8_t byte : bytes)
        states.push_back(state_from_byte(byte));
}

ShardFile ShardFile::open_or_create(const mpi::Communicator& communicator, const std::filesystem::path& path,
                                    const sweep::Plan& plan, std::int32_t shard)
{
    auto state = std::make_unique<State>(communicator.duplicate());
    state->path = path;
    mpi::run_agreed(communicator, [&] {
        state->contents = shard_contents(plan, shard);
        state->groups = rows_by_id(state->contents);
        state->group_of.resize(state->contents.units.size());
        for (std::size_t group = 0; group < state->groups.size(); ++group)
            for (const std::int64_t row : state->groups[group])
                state->group_of[static_cast<std::size_t>(row)] = group;
        state->plan_rows = sweep::units_of_shard(plan, shard);
    });
    mpi::run_on_root(communicator, [&] {
        require_writable_folder(path);
        state->lock = FileLock(path);
        state->take(create_or_resume(path, state->contents, canonical_json(plan_provenance(plan))));
    });
    std::vector<std::uint8_t> bytes;
    state->share(bytes);
    mpi::run_agreed(communicator, [&] { wait_until_reachable(path); });
    mpi::run_agreed(communicator, [&] {
        state->file.emplace(hdf5::File::open_parallel(path, state->communicator));
        state->store = UnitStore::open(*state->file, state->contents);
        state->timing = TimingStore::open(*state->file, static_cast<std::int64_t>(state->contents.units.size()));
        state->runs = hdf5::TextColumn::open(*state->file, layout::provenance::runs);
    });
    return ShardFile(std::move(state));
}

ShardFile::ShardFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
ShardFile::~ShardFile() = default;
ShardFile::ShardFile(ShardFile&&) noexcept = default;
ShardFile& ShardFile::operator=(ShardFile&&) noexcept = default;

const std::filesystem::path& ShardFile::path() const
{
    return state_->path;
}

const std::vector<std::int64_t>& ShardFile::units() const
{
    return state_->plan_rows;
}

const std::vector<UnitState>& ShardFile::states() const
{
    return state_->states;
}

UnitState ShardFile::state(std::int64_t unit_row) const
{
    return state_->states[static_cast<std::size_t>(state_->row_of(unit_row))];
}

const std::vector<std::int64_t>& ShardFile::damaged() const
{
    return state_->damaged;
}

void ShardFile::write(std::int64_t unit_row, const UnitResult& result)
{
    const auto row = static_cast<std::size_t>(state_->row_of(unit_row));
    const std::vector<std::int64_t>& rows = state_->groups[state_->group_of[row]];
    for (const std::int64_t same : rows)
        if (UnitState& before = state_->states[static_cast<std::size_t>(same)]; before != UnitState::pending) {
            state_->store.write_state(same, UnitState::pending);
            before = UnitState::pending;
        }
    for (const std::int64_t same : rows)
        state_->recent_timing.add(state_->timing, same, result.timing);
    state_->store.write(state_->contents, rows, result);
    for (const std::int64_t same : rows)
        state_->states[static_cast<std::size_t>(same)] = result.state;
}

UnitResult ShardFile::read(std::int64_t unit_row) const
{
    state_->recent_timing.flush(state_->timing);
    const std::int64_t row = state_->row_of(unit_row);
    UnitResult held = state_->store.read(state_->contents, row);
    held.timing = state_->timing.read(row);
    return held;
}

void ShardFile::derive()
{
    State& state = *state_;
    const auto& communicator = state.communicator;
    // What ranks of other nodes wrote is visible after flush, barrier, flush (MPI-3.1 §13.6.1); on one node, where a
    // flush is nothing but a slow fsync, every write is visible at once.
    const bool one_node = communicator.split_by_node().size() == communicator.size();
    const bool everywhere = mpi::all_min(communicator, std::int64_t{one_node}) == 1;
    if (!everywhere)
        mpi::run_agreed(communicator, [&] { state.file->flush(); });
    mpi::barrier(communicator);
    if (!everywhere)
        mpi::run_agreed(communicator, [&] { state.file->flush(); });
    const auto rows = static_cast<std::int64_t>(state.contents.units.size());
    const auto begin_of = [&](std::int64_t rank) { return rows * rank / communicator.size(); };
    mpi::run_agreed(communicator, [&] {
        derive_rows(*state.file, state.contents, begin_of(communicator.rank()), begin_of(communicator.rank() + 1));
    });
}

void ShardFile::write_provenance(const Json& run)
{
    state_->runs.write(state_->run_slot, run_text(run, layout::run_width));
}

void ShardFile::close()
{
    if (!state_)
        return;
    State& state = *state_;
    mpi::run_agreed(state.communicator, [&] {
        state.recent_timing.flush(state.timing);
        state.file->flush();
        state.store = UnitStore();
        state.timing = TimingStore();
        state.runs = hdf5::TextColumn();
        state.file->close();
    });
    state.file.reset();
    state.lock.release();
    state_.reset();
}

}  // namespace specsweep::results
