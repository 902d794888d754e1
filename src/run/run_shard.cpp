#include "run/run_shard.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <memory>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/stopwatch.hpp"
#include "cost/group_solver.hpp"
#include "mpi/agreement.hpp"
#include "mpi/collectives.hpp"
#include "mpi/patient.hpp"
#include "mpi/shared_counter.hpp"
#include "results/shard_file.hpp"
#include "run/compute_unit.hpp"
#include "run/group_crews.hpp"
#include "run/memory_check.hpp"
#include "run/pending_units.hpp"
#include "run/progress.hpp"
#include "run/provenance.hpp"
#include "run/reuse.hpp"
#include "run/schedule.hpp"
#include "run/stop_request.hpp"
#include "spectrum/peer_failure.hpp"

namespace specsweep::run {
namespace {

constexpr double microseconds = 1e6;
/// Constants of another machine and a first read from a cold disk explain no more; a unit must not wait for ever.
constexpr double slowest_pace = 4;

double now_since_epoch()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool is_wanted(results::UnitState state, FailedUnits failed_units)
{
    return state == results::UnitState::pending ||
           (state == results::UnitState::failed && failed_units == FailedUnits::retry);
}

/// Pending units of the shard, each identity once. The file fills all rows that share it.
/// @param finished canonical rows that have come from elsewhere.
std::vector<Task> pending_tasks(const sweep::Plan& plan, const results::ShardFile& file, FailedUnits failed_units,
                                const std::vector<std::int64_t>& finished)
{
    std::vector<Task> tasks;
    std::vector<bool> listed(plan.units.size(), false);
    for (const std::int64_t row : finished)
        listed[static_cast<std::size_t>(row)] = true;
    for (const std::int64_t row : file.units()) {
        const sweep::PlanUnit& unit = plan.units[static_cast<std::size_t>(row)];
        const auto canonical = static_cast<std::size_t>(unit.canonical_row);
        if (!is_wanted(file.state(row), failed_units) || listed[canonical])
            continue;
        listed[canonical] = true;
        tasks.push_back(
            {.unit_row = row, .seconds = unit.predicted_seconds, .ranks = cost::ranks_of_solver(unit.solver)});
    }
    return longest_first(std::move(tasks));
}

/// The tasks of this rank's node, the same list on each of its ranks.
std::vector<Task> tasks_of_node(const mpi::Communicator& world, const mpi::Communicator& node,
                                const std::vector<Task>& tasks)
{
    const std::vector<int> leaders = mpi::all_gather(world, node.is_root() ? node.size() : 0);
    std::vector<int> ranks_of_node;
    std::size_t mine = 0;
    for (std::size_t rank = 0; rank < leaders.size(); ++rank) {
        if (static_cast<int>(rank) == world.rank() && node.is_root())
            mine = ranks_of_node.size();
        if (leaders[rank] > 0)
            ranks_of_node.push_back(leaders[rank]);
    }
    mpi::broadcast(node, mine, 0);
    return split_over_nodes(tasks, ranks_of_node)[mine];
}

struct NodeState {
    explicit NodeState(const mpi::Communicator& node, std::int64_t tasks)
        : queue(node, tasks), stop(node), finished(node), finished_cost(node)
    {
    }
    mpi::WorkQueue queue;
    mpi::SharedCounter stop;
    mpi::SharedCounter finished;
    mpi::SharedCounter finished_cost;  ///< predicted microseconds

    Advance advance() const
    {
        return {.units = finished.value(),
                .predicted_seconds = static_cast<double>(finished_cost.value()) / microseconds};
    }
};

/// What one rank did; seconds.
struct WorkDone {
    std::int64_t units = 0;
    double read = 0;
    double quantize = 0;
    double solve = 0;
    double busy = 0;
    double predicted = 0;  ///< of the units computed
    bool by_deadline = false;
};

/// Sums over ranks, in rank order. Collective.
void add_up(const mpi::Communicator& world, const WorkDone& mine, ShardOutcome& outcome)
{
    for (const WorkDone& rank : mpi::all_gather(world, mine)) {
        outcome.computed += rank.units;
        outcome.busy_read += rank.read;
        outcome.busy_quantize += rank.quantize;
        outcome.busy_solve += rank.solve;
        outcome.busy += rank.busy;
        outcome.by_deadline = outcome.by_deadline || rank.by_deadline;
    }
}

/// All ranks' ratios at rank 0. Collective.
std::vector<double> gather_ratios(const mpi::Communicator& world, const std::vector<double>& mine)
{
    const std::string bytes(reinterpret_cast<const char*>(mine.data()), mine.size() * sizeof(double));
    std::vector<double> all;
    for (const std::string& rank : mpi::gather_strings(world, bytes, 0)) {
        const std::size_t first = all.size();
        all.resize(first + rank.size() / sizeof(double));
        std::memcpy(all.data() + first, rank.data(), rank.size());
    }
    return all;
}

class Worker {
public:
    Worker(const mpi::Communicator& world, const sweep::Plan& plan, results::ShardFile& file,
           const ShardOptions& options)
        : world_(world), plan_(plan), file_(file), options_(options)
    {
    }

    /// Pulls until the queue is empty or somebody wants to stop; afterwards done() says what this rank computed.
    void work(const std::vector<Task>& tasks, NodeState& node)
    {
        while (!stop_wanted(node)) {
            const auto next = node.queue.next();
            if (!next)
                break;
            const Task& task = tasks[static_cast<std::size_t>(*next)];
            if (deadline_comes_first(task, node))
                break;
            compute(task);
            advance(task, node);
        }
    }

    /// The units of one crew; rank 0 of the group decides whether to go on, the others sleep until it has. Begun units
    /// are completed in any case (none was begun that did not fit before the deadline together with those before it);
    /// but those that turn out to need the accurate path are left for the next run, unless this one would end with
    /// nothing done.
    /// @returns false when the run is to stop.
    bool work_together(const Crew& crew, NodeState& node)
    {
        const mpi::Communicator& comm = crew.group->comm;
        PendingUnits pending(plan_, *crew.group, meter_);
        bool go = true;
        for (auto task = crew.tasks.begin(); go && task != crew.tasks.end(); ++task) {
            if (!pending.has_room_for(*task))
                complete(pending, comm, node);
            go = comm.is_root() && !stop_wanted(node) &&
                 !deadline_comes_first(*task, node, pending.seconds_left(pace()));
            mpi::broadcast_patiently(comm, go, 0);
            if (go)
                pending.begin(*task);
        }
        complete(pending, comm, node);
        return go;
    }

    const WorkDone& done() const { return done_; }
    const std::vector<double>& ratios() const { return ratios_; }

private:
    static void advance(const Task& task, NodeState& node)
    {
        node.finished_cost.fetch_add(static_cast<std::int64_t>(task.seconds * microseconds));
        node.finished.fetch_add(1);
    }

    /// @param before seconds that begun units still take
    bool deadline_comes_first(const Task& task, NodeState& node, double before = 0)
    {
        const double needed = before + task.seconds / task.ranks * pace();
        if (!options_.deadline || now_since_epoch() + needed <= *options_.deadline)
            return false;
        done_.by_deadline = true;
        node.stop.fetch_add(1);
        return true;
    }

    bool stop_wanted(NodeState& node) const
    {
        if (StopRequest::raised())
            node.stop.fetch_add(1);
        return node.stop.value() > 0;
    }

    /// How much slower than predicted this rank has been so far: 1 to slowest_pace.
    double pace() const
    {
        return done_.predicted > 0 ? std::clamp(done_.busy / done_.predicted, 1.0, slowest_pace) : 1.0;
    }

    void compute(const Task& task)
    {
        const Stopwatch watch;
        results::UnitResult result = compute_unit(plan_, task.unit_row, meter_);
        write(task, std::move(result), watch.seconds());
    }

    void complete(PendingUnits& pending, const mpi::Communicator& comm, NodeState& node)
    {
        // A row that rank 0 cannot write ends the run on all of them: none waits for the next unit.
        const auto finished = [&](const Task& task, results::UnitResult result, double seconds) {
            spectrum::run_on_root_patiently(comm, [&] {
                write(task, std::move(result), seconds);
                advance(task, node);
            });
            if (!comm.is_root())
                done_.busy += seconds;
        };
        pending.complete(finished, [&] {
            bool go = comm.is_root() && (!stop_wanted(node) || done_.units == 0);
            mpi::broadcast_patiently(comm, go, 0);
            return go;
        });
    }

    /// @param seconds that it took; writing it comes on top.
    void write(const Task& task, results::UnitResult result, double seconds)
    {
        const Stopwatch watch;
        result.timing.rank = world_.rank();
        result.timing.ranks = world_.size();
        result.timing.attempt = options_.attempt;
        file_.write(task.unit_row, result);
        if (result.state == results::UnitState::done && task.seconds > 0)
            ratios_.push_back((seconds + watch.seconds()) * task.ranks / task.seconds);
        ++done_.units;
        done_.read += result.timing.seconds_read;
        done_.quantize += result.timing.seconds_quantize;
        done_.solve += result.timing.seconds_solve;
        done_.busy += seconds + watch.seconds();
        done_.predicted += task.seconds / task.ranks;
    }

    const mpi::Communicator& world_;
    const sweep::Plan& plan_;
    results::ShardFile& file_;
    const ShardOptions& options_;
    measure::UnitMeter meter_;
    WorkDone done_;
    std::vector<double> ratios_;  ///< measured / predicted
};

std::unique_ptr<ProgressDisplay> display_on_root(const mpi::Communicator& world, const ShardOptions& options,
                                                 const NodeState& node, const std::vector<Task>& tasks)
{
    if (!world.is_root() || options.display == Display::silent)
        return nullptr;
    Advance total{.units = static_cast<std::int64_t>(tasks.size()), .predicted_seconds = 0};
    for (const Task& task : tasks)
        total.predicted_seconds += task.seconds;
    return std::make_unique<ProgressDisplay>([&node] { return node.advance(); }, total);
}

std::int64_t count_finished(const results::ShardFile& file)
{
    std::int64_t count = 0;
    for (const results::UnitState state : file.states())
        count += state == results::UnitState::pending ? 0 : 1;
    return count;
}

}  // namespace

ShardOutcome run_shard(const mpi::Communicator& world, const sweep::Plan& plan, std::int32_t shard,
                       const std::filesystem::path& path, const ShardOptions& options)
{
    const Stopwatch watch;
    ShardOutcome outcome;
    results::ShardFile file = results::ShardFile::open_or_create(world, path, plan, shard);
    outcome.units = static_cast<std::int64_t>(file.units().size());
    outcome.damaged = static_cast<std::int64_t>(file.damaged().size());
    outcome.found_done = count_finished(file);
    if (world.is_root() && outcome.damaged > 0)
        log_warning("{}: {} damaged units are computed again", path.string(), outcome.damaged);

    std::vector<std::int64_t> taken;
    if (!options.reuse.empty())
        taken = take_over(world, plan, file, options.reuse);
    outcome.reused = static_cast<std::int64_t>(taken.size());
    const std::vector<Task> all = pending_tasks(plan, file, options.failed_units, taken);
    const mpi::Communicator node = world.split_by_node();
    std::vector<Task> single, grouped;
    for (const Task& task : all)
        (task.ranks > 1 ? grouped : single).push_back(task);
    const std::vector<Crew> crews = make_crews(world, plan, grouped);
    const std::vector<Task> tasks = tasks_of_node(world, node, single);
    std::vector<Task> here = tasks;
    here.insert(here.end(), grouped.begin(), grouped.end());
    check_memory(world, node, plan, here);
    NodeState state(node, static_cast<std::int64_t>(tasks.size()));

    std::exception_ptr fault;
    Worker worker(world, plan, file, options);
    try {
        const auto display = display_on_root(world, options, state, here);
        bool go_on = true;
        for (const Crew& crew : crews)
            go_on = go_on && worker.work_together(crew, state);
        if (go_on)
            worker.work(tasks, state);
    } catch (...) {
        fault = std::current_exception();
        state.stop.fetch_add(1);
    }
    mpi::agree(world, fault);
    file.derive();
    add_up(world, worker.done(), outcome);
    outcome.prediction_ratios = gather_ratios(world, worker.ratios());
    outcome.stopped = outcome.computed < static_cast<std::int64_t>(all.size());
    outcome.seconds = watch.seconds();
    const Json provenance = complete_provenance(world, options.provenance, outcome);  // collective
    mpi::run_on_root(world, [&] { file.write_provenance(provenance); });
    file.close();
    return outcome;
}

}  // namespace specsweep::run
