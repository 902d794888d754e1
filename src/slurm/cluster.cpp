#include "slurm/cluster.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "slurm/command.hpp"

namespace specsweep::slurm {

namespace {

constexpr double patience_seconds = 60;

std::string user_name()
{
    const passwd* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? std::to_string(::geteuid()) : entry->pw_name;
}

/// Smallest number on any line of a sacctmgr answer.
std::optional<std::int64_t> least_number(const std::string& text)
{
    std::optional<std::int64_t> least;
    for (const std::string& line : split(text, '\n'))
        for (const std::string& cell : split(line, '|'))
            if (const auto number = parse_integer(trim(cell)); number && (!least || *number < *least))
                least = number;
    return least;
}

std::int64_t queued_jobs(const std::string& user)
{
    const CommandResult answer = run_command({"squeue", "-r", "-h", "-u", user, "-o", "%i"}, patience_seconds);
    return answer.ok() ? std::count(answer.out.begin(), answer.out.end(), '\n') : 0;
}

std::string local_time(std::int64_t seconds)
{
    const auto when = static_cast<std::time_t>(seconds);
    std::tm parts = {};
    ::localtime_r(&when, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    return text.data();
}

using Key = std::pair<std::string, std::int64_t>;

/// Adds what is not known yet.
void add_history(const std::vector<TaskRecord>& records, const std::set<std::string>& names, QueueAnswer& answer)
{
    std::set<Key> known;
    for (const TaskRecord& task : answer.tasks)
        known.emplace(task.job, task.task);
    for (const TaskRecord& record : records)
        if (names.contains(record.job_name) && known.emplace(record.job, record.task).second)
            answer.tasks.push_back(record);
}

}  // namespace

ClusterConfig parse_config(std::string_view text)
{
    ClusterConfig config;
    for (const std::string& line : split(text, '\n')) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos)
            continue;
        config[std::string(trim(std::string_view(line).substr(0, equals)))] =
            std::string(trim(std::string_view(line).substr(equals + 1)));
    }
    return config;
}

std::optional<std::int64_t> scheduler_parameter(const ClusterConfig& config, std::string_view name)
{
    const auto found = config.find("SchedulerParameters");
    if (found == config.end())
        return std::nullopt;
    for (const std::string& item : split(found->second, ','))
        if (std::string_view(item).substr(0, item.find('=')) == name && item.find('=') != std::string::npos)
            return parse_integer(std::string_view(item).substr(item.find('=') + 1));
    return std::nullopt;
}

ClusterConfig cluster_config()
{
    const CommandResult answer = run_command({"scontrol", "show", "config"}, patience_seconds);
    if (!answer.found)
        throw IoError("there is no Slurm on this machine", "scontrol is not on PATH",
                      "log in to the cluster, or load its module; `slurm render` needs none of it");
    if (!answer.ok())
        throw IoError("Slurm's controller does not answer", answer.message(),
                      "try again later: nothing that was submitted is submitted twice");
    return parse_config(answer.out);
}

std::int64_t most_array_tasks(const ClusterConfig& config)
{
    const auto found = config.find("MaxArraySize");
    std::int64_t most = 1001;
    if (found != config.end())
        most = parse_integer(found->second).value_or(most);
    return std::min(most, scheduler_parameter(config, "max_array_tasks").value_or(most));
}

bool has_accounting(const ClusterConfig& config)
{
    const auto found = config.find("AccountingStorageType");
    return found != config.end() && found->second.find("slurmdbd") != std::string::npos;
}

std::int64_t submit_headroom(const ClusterConfig& config, const std::string& qos)
{
    std::optional<std::int64_t> least;
    const auto limit = [&least](std::optional<std::int64_t> value) {
        if (value && *value > 0 && (!least || *value < *least))
            least = value;
    };
    if (const auto found = config.find("MaxJobCount"); found != config.end())
        limit(parse_integer(found->second));
    const std::string user = user_name();
    if (has_accounting(config)) {
        const CommandResult own = run_command(
            {"sacctmgr", "-n", "-P", "show", "assoc", "user=" + user, "format=MaxSubmitJobs"}, patience_seconds);
        if (own.ok())
            limit(least_number(own.out));
        const CommandResult rule = run_command(
            {"sacctmgr", "-n", "-P", "show", "qos", qos.empty() ? "normal" : qos, "format=MaxSubmitJobsPerUser"},
            patience_seconds);
        if (rule.ok())
            limit(least_number(rule.out));
    }
    return least ? std::max<std::int64_t>(1, *least - queued_jobs(user)) : 0;
}

QueueAnswer ask_queue(const std::vector<std::string>& job_names, std::int64_t since)
{
    QueueAnswer answer;
    if (job_names.empty()) {
        answer.reached = true;
        return answer;
    }
    const std::string names = join(job_names, ",");
    const CommandResult queue = run_command(
        {"squeue", "-r", "-h", "--states=all", "--name=" + names, "-o", std::string(squeue_format)}, patience_seconds);
    answer.reached = queue.ok();
    answer.problem = queue.ok() ? "" : "squeue: " + queue.message();
    if (queue.ok())
        answer.tasks = parse_squeue(queue.out);
    const std::set<std::string> wanted(job_names.begin(), job_names.end());
    const CommandResult history = run_command({"sacct", "-X", "-n", "-P", "-D", "-S", local_time(since - 3600),
                                               "--name=" + names, "-o", std::string(sacct_format)},
                                              patience_seconds);
    if (history.ok()) {
        answer.history = "sacct";
        add_history(parse_sacct(history.out), wanted, answer);
        return answer;
    }
    const CommandResult config = queue.ok() ? run_command({"scontrol", "show", "config"}, patience_seconds) : queue;
    if (!config.ok())
        return answer;
    const ClusterConfig known = parse_config(config.out);
    const auto type = known.find("JobCompType");
    const auto place = known.find("JobCompLoc");
    std::error_code ignored;
    if (type == known.end() || place == known.end() || type->second != "jobcomp/filetxt" ||
        !std::filesystem::is_regular_file(place->second, ignored) || ::access(place->second.c_str(), R_OK) != 0)
        return answer;
    answer.history = "jobcomp";
    add_history(parse_jobcomp(read_text_file(place->second)), wanted, answer);
    return answer;
}

}  // namespace specsweep::slurm
