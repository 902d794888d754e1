#include "run/run_sweep.hpp"

#include <array>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/log.hpp"
#include "base/numerics_version.hpp"
#include "base/stopwatch.hpp"
#include "mpi/agreement.hpp"
#include "mpi/collectives.hpp"
#include "results/aggregate.hpp"
#include "results/file_names.hpp"
#include "results/source_files.hpp"
#include "results/status.hpp"
#include "results/verify.hpp"
#include "run/lease.hpp"
#include "run/stage.hpp"
#include "run/stop_request.hpp"
#include "sweep/plan_outline.hpp"
#include "verdicts/evaluate.hpp"

namespace specsweep::run {
namespace {

void refuse_other_sweep(const std::filesystem::path& file, const std::string& found, const sweep::Plan& plan)
{
    if (found != plan.sweep_sha256)
        throw UsageError(
            fmt::format("{} belongs to another sweep", file.string()),
            fmt::format("it holds {}, this plan is {}", found.substr(0, 12), plan.sweep_sha256.substr(0, 12)),
            "choose another file with -o, or move that one away");
}

/// What stands where the aggregate goes: an aggregate of the same sweep. A damaged one whose shards lie beside it is
/// set aside, and made anew from them.
void check_output(const sweep::Plan& plan, const std::filesystem::path& output, const std::filesystem::path& kept)
{
    if (!std::filesystem::is_regular_file(output))
        throw UsageError(fmt::format("{} is no file", output.string()), {}, "-o takes the path of the result file");
    if (!results::is_hdf5(output) && output.extension() != ".h5")
        throw UsageError(fmt::format("{} is there already", output.string()), "it is no result file",
                         "choose another file with -o, or move that one away");
    for (const results::ShardStatus& found : results::status(output).shards) {
        if (found.condition == results::ShardCondition::unreadable)
            throw IoError(fmt::format("cannot read {}", output.string()), found.note);
        if (found.condition != results::ShardCondition::damaged) {
            refuse_other_sweep(output, found.sweep_sha256, plan);
            continue;
        }
        const bool ours =
            std::filesystem::exists(kept) &&
            sweep::outline_from_text(read_text_file(kept), kept.string()).sweep_sha256 == plan.sweep_sha256;
        if (!ours)
            throw UsageError(fmt::format("{} is there already, and no readable result file", output.string()),
                             found.note, "choose another file with -o, or move that one away");
        const std::filesystem::path aside = output.string() + ".damaged";
        std::filesystem::rename(output, aside);
        log_warning("{}; it is now {}, and made anew from its shards", found.note, aside.string());
    }
}

/// Without our plan beside them, files with the names of shards are somebody else's: they must be result files.
void refuse_foreign_shards(const std::filesystem::path& folder)
{
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!results::is_shard_name(entry.path()))
            continue;
        for (const results::ShardStatus& found : results::status(entry.path()).shards)
            if (found.condition == results::ShardCondition::damaged)
                throw InputError(found.note, {}, "move it away, or choose another place with -o");
    }
}

/// A whole aggregate without shards: what it holds need not be computed again.
bool stands_alone(const std::filesystem::path& output)
{
    if (!std::filesystem::exists(output))
        return false;
    for (const auto& entry : std::filesystem::directory_iterator(results::shard_folder_of_aggregate(output)))
        if (results::is_shard_name(entry.path()))
            return false;
    return true;
}

/// The folder of the shard files, with the plan they belong to beside them.
void prepare_output(const sweep::Plan& plan, const std::filesystem::path& output, const std::string& plan_text)
{
    const std::filesystem::path folder = results::shard_folder_of_aggregate(output);
    const std::filesystem::path kept = results::kept_plan(output);
    std::error_code failure;
    if (std::filesystem::exists(output, failure))
        check_output(plan, output, kept);
    std::filesystem::create_directories(folder, failure);
    if (failure)
        throw IoError("cannot create the folder " + folder.string(), failure.message(), "choose another place with -o");
    const std::string text = plan_text.empty() ? sweep::plan_to_text(plan) : plan_text;
    if (std::filesystem::exists(kept)) {
        const std::string held = read_text_file(kept);
        if (held == text)
            return;  // every task of an array comes by here
        refuse_other_sweep(kept, sweep::outline_from_text(held, kept.string()).sweep_sha256, plan);
    } else {
        refuse_foreign_shards(folder);
    }
    write_text_file_atomically(kept, text);
}

std::string code_of(const std::string& reason)
{
    return reason.substr(0, reason.find('['));
}

void count(SweepOutcome& outcome, const results::Status& status)
{
    outcome.done = status.done;
    outcome.failed = status.failed;
    outcome.pending = status.pending + status.missing();  // shards that were not begun are in no file
    outcome.units = outcome.done + outcome.failed + outcome.pending;
    for (const auto& [reason, units] : status.reasons)
        outcome.reasons[code_of(reason)] += units;
    outcome.exit_code = outcome.pending > 0  ? ExitCode::stopped
                        : outcome.failed > 0 ? ExitCode::failed_units
                                             : ExitCode::complete;
}

/// Every self-check once more from the file, pairs included: a violation is a fault of ours and must be loud.
void verify_shard(SweepOutcome& outcome)
{
    const results::Verification verification = results::verify(outcome.file);
    for (const results::Finding& finding : verification.findings)
        log_error("{}: {} {}: {}", outcome.file.string(), finding.check, finding.unit, finding.description);
    if (!verification.findings.empty() && outcome.exit_code == ExitCode::complete)
        outcome.exit_code = ExitCode::failed_units;
}

/// @return whether every theorem holds on the numbers.
bool aggregate_shards(const std::filesystem::path& output)
{
    const std::array sources{results::shard_folder_of_aggregate(output)};
    const results::AggregateSummary summary = results::aggregate(sources, output, verdicts::judge());
    for (const std::string& unit : summary.inconsistent_units)
        log_error("{} contradicts its reference beyond all bounds (Weyl or Mirsky); please report it", unit);
    for (const std::string& law : summary.broken_laws)
        log_error("a theorem does not hold on these numbers: {}; please report it", law);
    return summary.broken_laws.empty();
}

}  // namespace

SweepOutcome run_sweep(const mpi::Communicator& world, const sweep::Plan& plan, const SweepOptions& options)
{
    const Stopwatch watch;
    if (options.shard && (*options.shard < 0 || *options.shard >= plan.shard_count))
        throw UsageError(fmt::format("there is no shard {}", *options.shard),
                         fmt::format("the plan has shards 0 to {}", plan.shard_count - 1));
    if (plan.numerics_version != numerics_version)
        throw UsageError(
            "the plan was made for other numerics",
            fmt::format("its numerics_version is {}, this program's is {}", plan.numerics_version, numerics_version),
            "plan again with this version");
    mpi::run_on_root(world, [&] {
        (void)results::result_files(options.shards.reuse);  // all are there, before anything is made
        prepare_output(plan, options.output, options.plan_text);
    });

    ShardOptions shard_options = options.shards;
    bool alone = false;
    mpi::run_on_root(world, [&] { alone = stands_alone(options.output); });
    mpi::broadcast(world, alone, 0);
    if (alone)
        shard_options.reuse.push_back(options.output);

    SweepOutcome outcome;
    const std::filesystem::path folder = results::shard_folder_of_aggregate(options.output);
    const std::int32_t first = options.shard.value_or(0);
    const std::int32_t last = options.shard.value_or(plan.shard_count - 1);
    bool stopped = false;
    std::vector<double> ratios;
    for (std::int32_t shard = first; shard <= last && !stopped; ++shard) {
        const std::filesystem::path file = results::shard_path(folder, shard);
        std::optional<Lease> lease;
        mpi::run_on_root(world, [&] { lease.emplace(file, options.lease_wait, StopRequest::raise); });
        const ShardOutcome one =
            options.stage.empty()
                ? run_shard(world, plan, shard, file, shard_options)
                : run_shard(world, stage_shard(world, plan, shard, options.stage), shard, file, shard_options);
        outcome.computed += one.computed;
        outcome.reused += one.reused;
        ratios.insert(ratios.end(), one.prediction_ratios.begin(), one.prediction_ratios.end());
        outcome.by_deadline = outcome.by_deadline || one.by_deadline;
        outcome.found_done += one.found_done;
        stopped = one.stopped;
    }
    outcome.prediction = prediction_error(std::move(ratios));
    mpi::run_on_root(world, [&] {
        outcome.file = options.shard ? results::shard_path(folder, first) : options.output;
        const bool lawful = options.shard || aggregate_shards(options.output);
        count(outcome, results::status(outcome.file));
        if (!lawful)
            outcome.exit_code = ExitCode::internal;
        if (stopped)
            outcome.exit_code = ExitCode::stopped;
        if (options.shard)
            verify_shard(outcome);
    });
    mpi::broadcast(world, outcome.exit_code, 0);
    outcome.seconds = watch.seconds();
    return outcome;
}

}  // namespace specsweep::run
