#include "cli/run.hpp"

#include <cmath>
#include <iostream>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/load_plan.hpp"
#include "cli/revision.hpp"
#include "cli/verb.hpp"
#include "linalg/blas_library.hpp"
#include "mpi/agreement.hpp"
#include "mpi/collectives.hpp"
#include "mpi/launch.hpp"
#include "mpi/session.hpp"
#include "results/file_names.hpp"
#include "run/provenance.hpp"
#include "run/stop_request.hpp"
#include "sweep/shard_plan.hpp"

namespace specsweep::cli {
namespace {

constexpr std::size_t most_table_rows = 400;

Options run_options()
{
    Options options(
        "[mpirun -n N] specsweep run MANIFEST|PLAN [--shard I] [-o FILE]",
        "Computes a sweep, or one shard of it, and goes on where an earlier run stopped. Without --shard FILE\n"
        "(default results/NAME/NAME.h5) is the aggregate and shard files lie in FILE.shards/.\n"
        "Instead of a manifest: --checkpoint DIR… --quantizer TEXT… [--role …]; what it stands for is kept in\n"
        "FILE.manifest.yaml.");
    options.value("shard", "I", "this shard only, and no aggregate")
        .value("output,o", "FILE", "the aggregate")
        .value("retry", "WHAT", "failed: compute failed units again, too")
        .value("deadline", "T", "seconds since the epoch: start no unit that is predicted to end later; exit 75")
        .value("margin", "S", "seconds that the deadline is taken earlier")
        .value("lease-wait", "S", "seconds to wait for a shard that another run holds (default 0)")
        .value("stage", "DIR", "copy the checkpoints' files to this node-local folder first")
        .values("reuse", "FILE", "result files or folders of earlier sweeps: equal units are not computed again")
        .value("plan-sha256", "HEX", "refuse a plan whose cut_sha256 does not begin so")
        .value("attempt", "N", "restart count, kept beside the timings")
        .value("expect-ranks", "N", "exit 76 when there are not N ranks")
        .value("outcome-file", "F", "JSON with exit code, counts, and whether to go on (launchers change exit codes)")
        .value("threads", "N", "BLAS threads of each rank (default 1)")
        .flag("no-table", "print counts only at the end")
        .values("checkpoint", "DIR", "instead of a manifest: checkpoint folders")
        .values("quantizer", "TEXT", "instead of a manifest: quantizers")
        .values("role", "ROLE", "instead of a manifest: only matrices of these roles")
        .value("name", "NAME", "instead of a manifest: name of the sweep (default sweep)");
    declare_plan_options(options);
    options.positional("plan", 0, 1);
    return options;
}

int number_option(const Options& options, std::string_view name, std::int64_t least, std::int64_t otherwise)
{
    const std::int64_t value = options.integer(name).value_or(otherwise);
    if (value < least || value > 1'000'000'000)
        throw UsageError(fmt::format("--{} {} is out of range", name, value));
    return static_cast<int>(value);
}

/// The plan, its text, and the manifest text that stands for command-line arguments (empty otherwise).
struct LoadedPlan {
    sweep::Plan plan;
    std::string text;  ///< of the whole plan; rank 0
    std::string manifest;
};

/// Text and manifest only. One rank.
LoadedPlan load(const Options& options)
{
    const bool from_arguments = options.has("checkpoint") || options.has("quantizer") || options.has("role");
    if (options.has("plan") == from_arguments)
        throw UsageError(
            from_arguments ? "give either a manifest or --checkpoint and --quantizer" : "what to run is missing", {},
            "specsweep run MANIFEST, or specsweep run --checkpoint DIR --quantizer nvfp4");
    LoadedPlan loaded;
    if (!from_arguments) {
        loaded.text = load_plan_text(options.texts("plan")[0], options);
        return loaded;
    }
    sweep::ManifestArguments manifest;
    manifest.name = options.text("name").value_or("sweep");
    for (const std::string& folder : options.texts("checkpoint"))
        manifest.checkpoints.emplace_back(folder);
    manifest.quantizers = options.texts("quantizer");
    manifest.roles = options.texts("role");
    for (const std::string& file : options.texts("architecture"))
        manifest.architecture_files.emplace_back(file);
    loaded.text = sweep::plan_to_text(plan_of(sweep::manifest_from_arguments(manifest), options));
    loaded.manifest = sweep::manifest_text(manifest);
    return loaded;
}

/// Rank 0 reads and plans; every rank gets the same text, of one shard only that shard's part. Collective.
LoadedPlan load_everywhere(const mpi::Communicator& world, const Options& options)
{
    LoadedPlan loaded;
    std::string text;
    const bool one_shard = options.has("shard");
    const std::int32_t shard = one_shard ? number_option(options, "shard", 0, 0) : 0;
    mpi::run_on_root(world, [&] {
        loaded = load(options);
        const std::string source = options.has("plan") ? options.texts("plan")[0] : "the plan";
        text = one_shard ? sweep::shard_plan_text(loaded.text, source, shard) : loaded.text;
        if (!one_shard)
            loaded.plan = sweep::plan_from_text(text, source);
    });
    mpi::broadcast(world, text, 0);
    if (one_shard)
        loaded.plan = sweep::plan_from_shard_text(text);
    else if (!world.is_root())
        loaded.plan = sweep::plan_from_text(text, "the plan of rank 0");
    return loaded;
}

run::SweepOptions sweep_options(const Options& options, const sweep::Plan& plan)
{
    run::SweepOptions chosen;
    if (options.has("shard"))
        chosen.shard = number_option(options, "shard", 0, 0);
    chosen.output = options.text("output").value_or(results::default_aggregate(plan.name).string());
    if (const auto what = options.text("retry")) {
        if (*what != "failed")
            throw UsageError("--retry " + *what + " is unknown", {}, "accepted: failed");
        chosen.shards.failed_units = run::FailedUnits::retry;
    }
    if (const auto deadline = options.text("deadline")) {
        chosen.shards.deadline = parse_double(*deadline);
        if (!chosen.shards.deadline || !std::isfinite(*chosen.shards.deadline))
            throw UsageError("--deadline wants seconds since the epoch", "'" + *deadline + "' is no number");
        *chosen.shards.deadline -= number_option(options, "margin", 0, 0);
    }
    chosen.shards.attempt = number_option(options, "attempt", 0, 0);
    chosen.lease_wait = number_option(options, "lease-wait", 0, 0);
    chosen.stage = options.text("stage").value_or("");
    for (const std::string& file : options.texts("reuse"))
        chosen.shards.reuse.emplace_back(file);
    if (const auto cut = options.text("plan-sha256"); cut && (cut->size() < 8 || !plan.cut_sha256.starts_with(*cut)))
        throw UsageError("this is another plan than the script was made for",
                         fmt::format("its cut_sha256 is {}, {} is wanted", plan.cut_sha256.substr(0, 16), *cut),
                         "render the scripts again with `specsweep slurm render`");
    return chosen;
}

Json begun_provenance(Arguments arguments, const sweep::Plan& plan)
{
    Json entry = run::process_provenance();
    entry["program"] = {{"version", revision().version}, {"commit", revision().commit}, {"dirty", revision().dirty}};
    entry["command_line"] = std::vector<std::string>(arguments.begin(), arguments.end());
    entry["sweep_sha256"] = plan.sweep_sha256;
    entry["cut_sha256"] = plan.cut_sha256;
    Json checkpoints = Json::array();
    for (const sweep::PlanCheckpoint& checkpoint : plan.checkpoints)
        checkpoints.push_back({{"id", checkpoint.id}, {"path", checkpoint.path}});
    entry["checkpoints"] = std::move(checkpoints);
    for (const sweep::PlanCounterpart& counterpart : plan.counterparts)
        entry["counterparts"].push_back({{"digest", counterpart.digest}, {"path", counterpart.path}});
    return entry;
}

void write_outcome(const Options& options, const run::SweepOutcome& outcome)
{
    const auto file = options.text("outcome-file");
    if (!file)
        return;
    // A task that has got nowhere because its next unit does not fit into the time limit must not try for ever.
    const bool hopeless = outcome.by_deadline && outcome.computed + outcome.reused == 0;
    const bool go_on = outcome.exit_code == ExitCode::stopped && outcome.units > 0 && !hopeless;
    const Json text{
        {"exit_code", static_cast<int>(outcome.exit_code)},
        {"go_on", go_on},
        {"by_deadline", outcome.by_deadline},
        {"reused", outcome.reused},
        {"file", outcome.file.string()},
        {"units", outcome.units},
        {"done", outcome.done},
        {"failed", outcome.failed},
        {"pending", outcome.pending},
        {"computed", outcome.computed},
        {"seconds", outcome.seconds},
        {"measured_over_predicted", {{"median", outcome.prediction.median}, {"worst", outcome.prediction.worst}}}};
    write_text_file_atomically(*file, text.dump(1) + "\n");
}

void report(const Options& options, const run::SweepOutcome& outcome)
{
    if (!options.has("shard") && !options.has("no-table"))
        std::cout << result_table(outcome.file, most_table_rows) << '\n';
    std::cout << closing_lines(outcome) << std::flush;
    write_outcome(options, outcome);
}

ExitCode run_collectively(const mpi::Communicator& world, const Options& options, Arguments arguments)
{
    const LoadedPlan loaded = load_everywhere(world, options);
    run::SweepOptions chosen = sweep_options(options, loaded.plan);
    chosen.plan_text = loaded.text;
    const Json provenance = begun_provenance(arguments, loaded.plan);
    chosen.shards.provenance = &provenance;
    const run::SweepOutcome outcome = run::run_sweep(world, loaded.plan, chosen);
    mpi::run_on_root(world, [&] {
        if (!loaded.manifest.empty())
            write_text_file_atomically(chosen.output.string() + ".manifest.yaml", loaded.manifest);
        report(options, outcome);
    });
    return outcome.exit_code;
}

/// An error before or during the run is an outcome, too.
ExitCode fail(const mpi::Communicator& world, const Options& options, const Error& error)
{
    if (!world.is_root())
        return error.code();
    log_error("{}", error.what());
    run::SweepOutcome outcome;
    outcome.exit_code = error.code();
    try {
        write_outcome(options, outcome);
    } catch (const Error& second) {
        if (std::string_view(second.what()) != error.what())
            log_error("{}", second.what());
    }
    return error.code();
}

}  // namespace

ExitCode run(Arguments arguments)
{
    // Ranks that parse alone all fail alike, before MPI is started; only one of them needs to say so, but none knows
    // its number yet. A launcher shows the message once a rank.
    Options options = run_options();
    if (!options.parse(arguments))
        return ExitCode::complete;
    const run::StopRequest stop;
    int argc = 0;
    char** argv = nullptr;
    mpi::Session session(argc, argv);
    const mpi::Communicator world = mpi::Communicator::world();
    set_log_rank(world.rank());
    ExitCode code = ExitCode::complete;
    try {
        std::optional<int> expected;
        if (options.has("expect-ranks"))
            expected = number_option(options, "expect-ranks", 1, 1);
        mpi::check_ranks(world.size(), expected, mpi::launched_ranks_hint());
        mpi::run_on_root(world, [&] {
            if (const auto file = options.text("outcome-file"))
                check_can_write(*file);
        });
        linalg::set_blas_threads(number_option(options, "threads", 1, 1));
        code = run_collectively(world, options, arguments);
    } catch (const Error& error) {  // agreed: every rank is here
        code = fail(world, options, error);
    }
    // Launchers kill the others when one rank leaves with a code: only rank 0 speaks, the others leave quietly.
    mpi::barrier(world);
    return world.is_root() ? code : ExitCode::complete;
}

}  // namespace specsweep::cli
