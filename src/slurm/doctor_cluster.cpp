#include <algorithm>

#include "base/format.hpp"
#include "base/text.hpp"
#include "slurm/doctor.hpp"

namespace specsweep::slurm {

namespace {

std::string value(const ClusterConfig& config, const std::string& key)
{
    const auto found = config.find(key);
    return found == config.end() ? "?" : found->second;
}

std::optional<std::int64_t> leading_number(const std::string& text)
{
    return parse_integer(text.substr(0, text.find_first_not_of("0123456789")));
}

void limits(const ClusterConfig& config, Diagnosis& diagnosis)
{
    const std::int64_t most = most_array_tasks(config);
    if (most < 1)
        diagnosis.add(Health::problem, "arrays", "MaxArraySize = 0",
                      "this cluster takes no job arrays; ask its administrators");
    else
        diagnosis.add(Health::good, "arrays", fmt::format("at most {} tasks an array", most),
                      "larger sweeps are cut into several arrays, each from index 0");
    diagnosis.set("max_array_size", std::to_string(std::max<std::int64_t>(1, most)));
    diagnosis.add(Health::note, "jobs", "MaxJobCount = " + value(config, "MaxJobCount"),
                  "every array task counts; `submit` gives a task several shards where they would not fit");
    const auto age = leading_number(value(config, "MinJobAge"));
    diagnosis.add(
        age && *age < 60 ? Health::note : Health::good, "MinJobAge", value(config, "MinJobAge"),
        "so long squeue remembers ended jobs; status then relies on sacct or jobcomp and on the result files");
}

void accounting(const ClusterConfig& config, const std::string& qos, Diagnosis& diagnosis)
{
    if (has_accounting(config))
        diagnosis.add(Health::good, "accounting", value(config, "AccountingStorageType"),
                      "sacct tells how tasks ended");
    else if (value(config, "JobCompType") == "jobcomp/filetxt")
        diagnosis.add(Health::note, "accounting", "none, but jobcomp/filetxt",
                      "how tasks ended is read from " + value(config, "JobCompLoc") + " where it is readable");
    else
        diagnosis.add(Health::note, "accounting", "none",
                      "how tasks ended is known from squeue for MinJobAge, then from the record of attempts only");
    for (const std::string& line : split(qos, '\n'))
        if (const auto cells = split(line, '|'); cells.size() == 3 && !cells[0].empty())
            diagnosis.add(Health::good, "qos " + cells[0],
                          fmt::format("jobs a user: {}, wall time: {}", cells[1].empty() ? "no limit" : cells[1],
                                      cells[2].empty() ? "no limit" : cells[2]),
                          "choose it with `qos:`");
}

void stopping(const ClusterConfig& config, Diagnosis& diagnosis)
{
    const bool requeue = value(config, "JobRequeue") == "1";
    diagnosis.add(requeue ? Health::good : Health::note, "requeue", "JobRequeue = " + value(config, "JobRequeue"),
                  requeue
                      ? "tasks that run out of time put themselves back into the queue"
                      : "requeue by default is off; scripts ask for it with --requeue; if it is refused use `resume`");
    diagnosis.set("requeue", "true");
    const std::string preempt = value(config, "PreemptMode");
    const bool signals = value(config, "PreemptParameters").find("send_user_signal") != std::string::npos;
    if (preempt != "OFF" && preempt != "?")
        diagnosis.add(signals ? Health::good : Health::note, "preemption", preempt,
                      signals ? "a preempted task gets its signal and stops in order"
                              : "a preempted task is ended without a signal: at most its running units are lost");
    const auto kill_wait = leading_number(value(config, "KillWait"));
    diagnosis.add(Health::good, "KillWait", value(config, "KillWait"),
                  fmt::format("the user signal comes earlier ({} s before the limit by default)",
                              kill_wait ? std::max<std::int64_t>(180, 2 * *kill_wait) : 180));
}

void partitions(const std::string& text, Diagnosis& diagnosis)
{
    for (const std::string& line : split(text, '\n')) {
        const std::vector<std::string> cells = split(line, '|');
        if (cells.size() != 6 || cells[0].empty())
            continue;
        const bool is_default = cells[0].ends_with('*');
        const std::string partition = cells[0].substr(0, cells[0].size() - (is_default ? 1 : 0));
        const bool up = cells[1] == "up";
        diagnosis.add(up ? Health::good : Health::note, "partition " + partition,
                      fmt::format("{} nodes, {} cores, {} MB, time limit {}{}", cells[3], cells[4], cells[5], cells[2],
                                  is_default ? ", the default" : ""),
                      up ? "choose it with `partition:`" : "it is " + cells[1]);
        if (is_default) {
            diagnosis.set("partition", partition);
            if (const auto cores = leading_number(cells[4]))
                diagnosis.set("ranks", std::to_string(*cores));
        }
    }
}

/// "mca:io:romio321:version:…" → romio321
std::vector<std::string> components(const std::string& runtime, const std::string& framework)
{
    std::vector<std::string> names;
    const std::string prefix = "mca:" + framework + ":";
    for (const std::string& line : split(runtime, '\n'))
        if (line.starts_with(prefix)) {
            const std::string rest = line.substr(prefix.size());
            const std::string name = rest.substr(0, rest.find(':'));
            if (std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
        }
    return names;
}

void launcher(const ClusterTexts& texts, Diagnosis& diagnosis)
{
    const bool plugin = texts.mpi_plugins.find("pmix") != std::string::npos;
    if (texts.mpi_runtime.empty()) {
        diagnosis.add(
            Health::note, "MPI library", "no ompi_info here: not Open MPI, or not on PATH",
            "take the launcher that the site's documentation names; `run --expect-ranks` stops a wrong one at once");
        return;
    }
    const std::vector<std::string> pmix = components(texts.mpi_runtime, "pmix");
    const bool speaks = std::any_of(pmix.begin(), pmix.end(),
                                    [](const std::string& name) { return name != "isolated" && name != "flux"; });
    if (plugin && speaks) {
        diagnosis.add(Health::good, "launcher", "srun has pmix, Open MPI has " + join(pmix, ", "),
                      "srun --mpi=pmix starts the ranks");
        diagnosis.set("launcher", "srun");
        diagnosis.set("mpi", "pmix");
    } else {
        diagnosis.add(
            Health::note, "launcher",
            fmt::format("srun offers no pmix ({}), Open MPI has {}",
                        trim(texts.mpi_plugins).empty() ? "no answer"
                                                        : join(split(std::string(trim(texts.mpi_plugins)), '\n'), " "),
                        pmix.empty() ? "no pmix" : join(pmix, ", ")),
            "mpirun starts the ranks: with srun each would believe to be the only one");
        diagnosis.set("launcher", "mpirun");
    }
    const std::vector<std::string> io = components(texts.mpi_runtime, "io");
    diagnosis.add(Health::good, "parallel I/O", "components: " + join(io, ", "),
                  "if parallel writes hang or fail, choose another with io_component and io_variable");
}

}  // namespace

void diagnose_cluster(const ClusterTexts& texts, Diagnosis& diagnosis)
{
    if (!texts.config.empty()) {
        diagnosis.add(Health::good, "Slurm", value(texts.config, "SLURM_VERSION"), "the controller answers");
        limits(texts.config, diagnosis);
        accounting(texts.config, texts.qos, diagnosis);
        stopping(texts.config, diagnosis);
        partitions(texts.partitions, diagnosis);
    }
    launcher(texts, diagnosis);
}

}  // namespace specsweep::slurm
