#include "slurm/job_script.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "results/file_names.hpp"
#include "slurm/builtin_texts.hpp"
#include "slurm/quote.hpp"
#include "slurm/sbatch_options.hpp"
#include "slurm/template_text.hpp"

namespace specsweep::slurm {

namespace {

constexpr std::size_t token_length = 10;
constexpr std::size_t shards_a_line = 20;
constexpr double megabyte = 1024.0 * 1024.0;

std::string_view template_named(std::string_view name)
{
    for (const BuiltinText& text : builtin_texts())
        if (text.file == name)
            return text.text;
    throw InternalError(fmt::format("the template {} is not in this program", name));
}

/// squeue --name takes a list with commas; names of sweeps are plain, but a plan is only a file.
std::string plain_name(std::string name)
{
    for (char& c : name)
        if (std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-").find(c) ==
            std::string_view::npos)
            c = '_';
    return name.substr(0, 80);
}

void add_option(std::vector<std::string>& lines, std::string_view option, const std::string& value)
{
    if (!value.empty())
        lines.push_back(fmt::format("--{}={}", option, shell_quote(value)));
}

/// `lines` of a profile: options of sbatch, their values quoted. @throws UsageError
std::string checked_line(const std::string& line, bool allow_unknown)
{
    const std::size_t equals = line.find('=');
    const std::string name = line.substr(0, equals);
    const bool good = name.size() > 2 && name.starts_with("--") &&
                      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    if (!good)
        throw UsageError(fmt::format("lines: '{}' is no option of sbatch", line), {},
                         "write for example --gres=tmp:10G");
    require_sbatch_option(name, allow_unknown);
    return equals == std::string::npos ? name : name + "=" + shell_quote(line.substr(equals + 1));
}

/// Account, partition …: the same in every script of the sweep.
std::vector<std::string> site_lines(const Profile& profile)
{
    std::vector<std::string> lines;
    for (const char* key : {"account", "partition", "qos", "reservation", "constraint"})
        add_option(lines, key, profile.text(key));
    add_option(lines, "exclude", join(profile.list("exclude_nodes"), ","));
    return lines;
}

std::string memory_line(const ArrayJob& array, const Profile& profile)
{
    const double bytes = static_cast<double>(array.memory_per_rank) * profile.number("memory_margin");
    const auto megabytes = [](double value) {
        return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(value / megabyte)));
    };
    const std::string& how = profile.text("memory");
    if (how == "per-cpu") {
        const auto cpus = static_cast<double>(profile.integer("cpus_per_rank"));
        return fmt::format("--mem-per-cpu={}M", megabytes(bytes / cpus));
    }
    if (how == "none")
        return {};
    const std::int64_t ranks_a_node = (array.ranks + array.nodes - 1) / array.nodes;
    return fmt::format("--mem={}M", megabytes(bytes * static_cast<double>(ranks_a_node)));
}

std::vector<std::string> array_lines(const ArrayJob& array, const Profile& profile)
{
    std::vector<std::string> lines = site_lines(profile);
    add_option(lines, "hint", profile.text("hint"));
    if (profile.boolean("exclusive"))
        lines.emplace_back("--exclusive");
    if (const std::string memory = memory_line(array, profile); !memory.empty())
        lines.push_back(memory);
    lines.emplace_back(profile.boolean("requeue") ? "--requeue" : "--no-requeue");
    if (const std::int64_t seconds = profile.integer("signal_seconds"); seconds > 0)
        lines.push_back(fmt::format("--signal=B:USR1@{}", seconds));
    for (const std::string& line : profile.list("lines"))
        if (std::find(lines.begin(), lines.end(), line) == lines.end())
            lines.push_back(checked_line(line, profile.boolean("unknown_options")));
    return lines;
}

/// `NAME=VALUE` of a profile. @throws UsageError when NAME is no name of a variable.
std::vector<std::string> assignments(const Profile& profile)
{
    for (const std::string& text : profile.list("environment")) {
        const std::string name = text.substr(0, text.find('='));
        const bool good = !name.empty() && name.size() < text.size() && !(name[0] >= '0' && name[0] <= '9') &&
                          name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
                              std::string::npos;
        if (!good)
            throw UsageError(fmt::format("environment: '{}' is no assignment", text), {}, "write NAME=VALUE");
    }
    return profile.list("environment");
}

TemplateValues common_values(const SweepSettings& settings, const SweepFolder& folder)
{
    const Profile& profile = settings.profile;
    const std::string program = profile.text("program").empty() ? settings.program.string() : profile.text("program");
    for (const std::string& path : {folder.root().string(), settings.plan.string(), settings.result.string(), program})
        refuse_control_characters(path, "the path " + path.substr(0, 60));
    return {{"folder", folder.root().string()},
            {"program", program},
            {"plan", settings.plan.string()},
            {"result", settings.result.string()},
            {"has_modules", !profile.list("modules").empty()},
            {"modules", profile.list("modules")},
            {"has_environment_file", !profile.text("environment_file").empty()},
            {"environment_file", profile.text("environment_file")},
            {"environment", assignments(profile)}};
}

void add_shards(TemplateValues& values, const ArrayJob& array)
{
    const std::vector<std::int32_t>& shards = array.shards;
    const bool contiguous = shards.back() - shards.front() + 1 == std::ssize(shards);
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < shards.size() && !contiguous; ++i) {
        if (i % shards_a_line == 0)
            lines.emplace_back();
        lines.back() += (i % shards_a_line == 0 ? "" : " ") + std::to_string(shards[i]);
    }
    values["contiguous"] = contiguous;
    values["first"] = std::to_string(shards.front());
    values["shard_lines"] = lines;
    values["count"] = std::to_string(shards.size());
    values["per_task"] = std::to_string(array.per_task);
    values["array"] = fmt::format("0-{}{}", array.tasks() - 1,
                                  array.throttle > 0 ? fmt::format("%{}", array.throttle) : std::string());
}

void add_launch(TemplateValues& values, const SweepSettings& settings)
{
    const Profile& profile = settings.profile;
    values["srun"] = profile.text("launcher") == "srun";
    values["has_mpi"] = !profile.text("mpi").empty();
    values["mpi"] = profile.text("mpi");
    values["has_launcher_options"] = !profile.list("launcher_options").empty();
    values["launcher_options"] = profile.list("launcher_options");
    const bool component = !profile.text("io_component").empty();
    if (component && (profile.text("io_variable").empty() ||
                      profile.text("io_variable")
                              .find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") !=
                          std::string::npos))
        throw UsageError("io_component needs io_variable, the name of an environment variable", {},
                         "see slurm/profiles/generic.yaml");
    values["has_io_component"] = component;
    values["io_component"] = profile.text("io_component");
    values["io_variable"] = profile.text("io_variable");
    values["lease_seconds"] = std::to_string(profile.integer("lease_seconds"));
    values["margin"] = std::to_string(profile.integer("margin_seconds"));
    values["requeue"] = profile.boolean("requeue");
    values["max_requeues"] = std::to_string(profile.integer("max_requeues"));
    values["cut"] = settings.cut_sha256.substr(0, 16);
    std::vector<std::string> more;
    if (const std::int64_t threads = profile.integer("cpus_per_rank"); threads > 1)
        more.insert(more.end(), {"--threads", std::to_string(threads)});
    if (!settings.reuse.empty())
        more.emplace_back("--reuse");
    for (const std::filesystem::path& file : settings.reuse)
        more.push_back(file.string());
    values["more"] = more;
    const std::string& scratch = profile.text("scratch");
    values["has_scratch"] = !scratch.empty();
    values["scratch"] = scratch.empty() ? "" : quote_with_variables(scratch, "scratch");
}

/// Renders once without a token to learn it, then with it.
JobScript with_token(TemplateValues values, std::string_view name, const SweepSettings& settings, int generation,
                     const std::string& job)
{
    const auto fill = [&](const std::string& token) {
        values["token"] = token;
        values["job_name"] = fmt::format("{}.g{}.{}.{}", plain_name(settings.name), generation, job, token);
        values["comment"] = fmt::format("specsweep:plan={}:gen={}:job={}:token={}", settings.cut_sha256.substr(0, 12),
                                        generation, job, token);
        return render_template(template_named(name), name, values);
    };
    JobScript script;
    script.token = sha256_hex(fill("-")).substr(0, token_length);
    script.text = fill(script.token);
    script.job_name = std::get<std::string>(values["job_name"]);
    if (const std::string fault = script_fault(script.text); !fault.empty())
        throw UsageError(fmt::format("the rendered script of {} is no good", job), fault);
    return script;
}

}  // namespace

JobScript array_script(const ArrayJob& array, const SweepSettings& settings, const SweepFolder& folder, int generation)
{
    const Profile& profile = settings.profile;
    TemplateValues values = common_values(settings, folder);
    add_shards(values, array);
    add_launch(values, settings);
    values["nodes"] = std::to_string(array.nodes);
    values["ranks"] = std::to_string(array.ranks);
    values["cpus_per_rank"] = std::to_string(profile.integer("cpus_per_rank"));
    values["time"] = time_text(array.minutes);
    values["output"] = pattern_quote((folder.logs(generation, array.name) / "").string(), "%A_%a.out");
    values["lines"] = array_lines(array, profile);
    values["title"] =
        fmt::format("Sweep {}, array {} of generation {}: {} in {}.", plain_name(settings.name), array.name, generation,
                    counted(std::ssize(array.shards), "shard"), counted(array.tasks(), "task"));
    return with_token(std::move(values), "array.mustache", settings, generation, array.name);
}

JobScript aggregate_script(const SweepSettings& settings, const SweepFolder& folder, int generation)
{
    const Profile& profile = settings.profile;
    TemplateValues values = common_values(settings, folder);
    values["shards"] = results::shard_folder_of_aggregate(settings.result).string();
    values["time"] = time_text(profile.integer("aggregate_minutes"));
    values["output"] = pattern_quote((folder.logs(generation, "aggregate") / "").string(), "%j.out");
    std::vector<std::string> lines = site_lines(profile);
    if (const std::int64_t memory = profile.integer("aggregate_memory_mb");
        memory > 0 && profile.text("memory") != "none")
        lines.push_back(fmt::format("--mem={}M", memory));
    if (!profile.text("mail_user").empty()) {
        add_option(lines, "mail-user", profile.text("mail_user"));
        add_option(lines, "mail-type", profile.text("mail_type"));
    }
    values["lines"] = lines;
    values["title"] =
        fmt::format("Sweep {}, generation {}: one result file from all shards.", plain_name(settings.name), generation);
    return with_token(std::move(values), "aggregate.mustache", settings, generation, "aggregate");
}

std::string script_fault(const std::string& text)
{
    if (!text.starts_with("#!"))
        return "its first line is not #!";
    bool command_seen = false;
    for (const std::string& line : split(text, '\n')) {
        if (line.starts_with("#SBATCH") && command_seen)
            return fmt::format("'{}' stands after a command, where Slurm ignores it", line);
        command_seen = command_seen || (!trim(line).empty() && !line.starts_with("#"));
    }
    return {};
}

std::string time_text(std::int64_t minutes)
{
    const std::int64_t days = minutes / 1440;
    const std::string clock = fmt::format("{:02}:{:02}:00", minutes / 60 % 24, minutes % 60);
    return days > 0 ? fmt::format("{}-{}", days, clock) : clock;
}

}  // namespace specsweep::slurm
