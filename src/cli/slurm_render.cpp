#include <cstdlib>
#include <iostream>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/options.hpp"
#include "cli/slurm.hpp"
#include "cli/terminal.hpp"
#include "slurm/profile_key.hpp"
#include "slurm/quote.hpp"
#include "slurm/submit.hpp"
#include "sweep/plan_outline.hpp"

namespace specsweep::cli {
namespace {

void declare_render_options(Options& options)
{
    options.value("profile", "NAME|FILE", "how and where (default: SPECSWEEP_PROFILE, else generic)")
        .values("set", "KEY=VALUE", "settings that go before the profile's")
        .value("output,o", "DIR", "folder of scripts, journal and logs; must be visible on the nodes")
        .value("result", "FILE", "the aggregate (default DIR/NAME.h5); shard files lie in FILE.shards/")
        .values("reuse", "FILE", "results of earlier sweeps: equal units are not computed again");
}

std::string profile_name(const Options& options)
{
    if (const auto given = options.text("profile"))
        return *given;
    const char* chosen = std::getenv("SPECSWEEP_PROFILE");
    return chosen == nullptr || *chosen == '\0' ? "generic" : chosen;
}

/// Writes scripts for a plan; the same arguments write the same bytes.
slurm::Generation render(const Options& options, const std::string& plan_file, slurm::SweepSettings& settings)
{
    const std::string text = read_text_file(plan_file);
    if (text.find("\"cut_sha256\"") == std::string::npos)
        throw UsageError(fmt::format("{} is no plan", plan_file), "scripts are made for a frozen plan",
                         fmt::format("specsweep plan {} -o plan.json", slurm::shell_quote(plan_file)));
    const sweep::PlanOutline outline = sweep::outline_from_text(text, plan_file);
    const auto output = options.text("output");
    if (!output)
        throw UsageError("the folder is missing", "scripts, journal and logs lie in it", "give it with -o DIR");
    const slurm::SweepFolder folder(*output);
    settings.name = outline.name;
    settings.plan = std::filesystem::absolute(plan_file).lexically_normal();
    settings.cut_sha256 = outline.cut_sha256;
    settings.result =
        std::filesystem::absolute(options.text("result").value_or((folder.root() / (outline.name + ".h5")).string()))
            .lexically_normal();
    settings.program = this_program();
    for (const std::string& file : options.texts("reuse"))
        settings.reuse.push_back(std::filesystem::absolute(file).lexically_normal());
    settings.profile = slurm::Profile::load(profile_name(options), options.texts("set"));

    const slurm::Journal journal(folder.journal());
    if (!journal.empty()) {
        const slurm::SweepSettings held = slurm::read_settings(folder);
        if (settings_text(held) != settings_text(settings))
            throw UsageError(fmt::format("{} holds a sweep that was submitted", folder.root().string()),
                             "with another plan, profile or result file", "choose another folder with -o");
        return slurm::read_generation(folder, 0);
    }
    const slurm::ArrayLimits limits{.most_tasks = settings.profile.integer("max_array_size"), .most_jobs = 0};
    slurm::Generation generation = render_generation(settings, folder, 0, slurm::needs_of(outline), limits);
    write_generation(folder, generation);
    write_text_file_atomically(folder.sweep_file(), settings_text(settings));
    return generation;
}

void print(const slurm::Generation& generation, const slurm::SweepFolder& folder)
{
    Table table({{"array", Table::Align::left},
                 {"shards"},
                 {"tasks"},
                 {"ranks"},
                 {"memory per rank"},
                 {"time"},
                 {"script", Table::Align::left}});
    for (const slurm::Generation::Array& array : generation.arrays)
        table.add({array.job.name, format_count(std::ssize(array.job.shards)), format_count(array.job.tasks()),
                   format_count(array.job.ranks), format_bytes(static_cast<double>(array.job.memory_per_rank)),
                   slurm::time_text(array.job.minutes), folder.script(generation.number, array.job.name).string()});
    std::cout << table.text();
    if (generation.aggregate)
        std::cout << "aggregate: " << folder.script(generation.number, "aggregate").string() << '\n';
}

void print_origins(const slurm::Profile& profile)
{
    Table table({{"setting", Table::Align::left}, {"value", Table::Align::left}, {"from", Table::Align::left}});
    for (const slurm::ProfileKey& key : slurm::profile_keys())
        table.add({std::string(key.name), join(profile.list(key.name), ", "), profile.origin(key.name)});
    std::cout << table.text();
}

}  // namespace

ExitCode slurm_render(Arguments arguments)
{
    Options options(
        "specsweep slurm render PLAN --profile NAME -o DIR [--set KEY=VALUE…]",
        "Writes the job scripts of a plan into DIR/g0/ and submits nothing. A pure function of plan, profile\n"
        "and templates. Shipped profiles: " +
            join(slurm::Profile::names(), ", ") + ".");
    declare_render_options(options);
    options.flag("origin", "say where every setting comes from").positional("plan", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    slurm::SweepSettings settings;
    const slurm::Generation generation = render(options, options.texts("plan")[0], settings);
    print(generation, slurm::SweepFolder(*options.text("output")));
    if (options.has("origin"))
        print_origins(settings.profile);
    return ExitCode::complete;
}

ExitCode slurm_submit(Arguments arguments)
{
    Options options(
        "specsweep slurm submit DIR      specsweep slurm submit PLAN --profile NAME -o DIR",
        "Submits rendered scripts as job arrays, then the job that aggregates. Calling it again, after a crash at\n"
        "any point, submits nothing twice.");
    declare_render_options(options);
    options
        .flag("test-only",
              "ask the controller whether it would take the scripts (exit 64: it refuses one); nothing is submitted")
        .value("patience", "S", "how long a busy controller is waited for (default 300)")
        .positional("what", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const std::string what = options.texts("what")[0];
    std::filesystem::path place = what;
    if (!std::filesystem::is_directory(what)) {
        slurm::SweepSettings settings;
        render(options, what, settings);
        place = *options.text("output");
    }
    const slurm::SweepFolder folder(place);
    slurm::SubmitOptions chosen;
    chosen.patience_seconds = static_cast<double>(options.integer("patience").value_or(300));
    chosen.say = [](const std::string& line) { log_info("{}", line); };
    if (options.has("test-only")) {
        bool all = true;
        for (const slurm::TestAnswer& answer : slurm::test_only(folder, chosen)) {
            std::cout << fmt::format("{}: {}{}\n", answer.script, answer.taken ? "" : "refused: ", answer.message);
            all = all && answer.taken;
        }
        return all ? ExitCode::complete : ExitCode::usage;
    }
    const slurm::SubmitReport report = slurm::submit(folder, chosen, slurm::lock_sweep(folder));
    for (const auto& job : report.jobs)
        std::cout << fmt::format("{:<10} job {:<10} {:>7} tasks{}\n", job.name, job.job_id, format_count(job.tasks),
                                 job.was_known ? "  (from before)" : "");
    std::cout << "specsweep slurm status " << slurm::shell_quote(folder.root().string()) << '\n';
    return ExitCode::complete;
}

}  // namespace specsweep::cli
