#include "slurm/sbatch_options.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::slurm {

namespace {

constexpr auto options = std::to_array<std::string_view>({
    "account",
    "acctg-freq",
    "array",
    "batch",
    "bb",
    "bbf",
    "begin",
    "chdir",
    "cluster-constraint",
    "clusters",
    "comment",
    "consolidate-segments",
    "constraint",
    "container",
    "container-id",
    "contiguous",
    "core-spec",
    "cores-per-socket",
    "cpu-freq",
    "cpus-per-gpu",
    "cpus-per-task",
    "deadline",
    "delay-boot",
    "dependency",
    "distribution",
    "error",
    "exclude",
    "exclusive",
    "export",
    "export-file",
    "extra",
    "extra-node-info",
    "get-user-env",
    "gid",
    "gpu-bind",
    "gpu-freq",
    "gpus",
    "gpus-per-node",
    "gpus-per-socket",
    "gpus-per-task",
    "gres",
    "gres-flags",
    "help",
    "hint",
    "hold",
    "ignore-pbs",
    "input",
    "job-name",
    "kill-on-invalid-dep",
    "licenses",
    "mail-type",
    "mail-user",
    "mcs-label",
    "mem",
    "mem-bind",
    "mem-per-cpu",
    "mem-per-gpu",
    "mincpus",
    "network",
    "nice",
    "no-kill",
    "no-requeue",
    "nodefile",
    "nodelist",
    "nodes",
    "ntasks",
    "ntasks-per-core",
    "ntasks-per-gpu",
    "ntasks-per-node",
    "ntasks-per-socket",
    "oom-kill-step",
    "open-mode",
    "output",
    "overcommit",
    "oversubscribe",
    "parsable",
    "partition",
    "power",
    "prefer",
    "priority",
    "profile",
    "propagate",
    "qos",
    "quiet",
    "reboot",
    "requeue",
    "reservation",
    "resv-ports",
    "segment",
    "signal",
    "sockets-per-node",
    "spread-job",
    "spread-segments",
    "stepmgr",
    "switches",
    "test-only",
    "thread-spec",
    "threads-per-core",
    "time",
    "time-min",
    "tmp",
    "tres-bind",
    "tres-per-task",
    "uid",
    "usage",
    "use-min-nodes",
    "verbose",
    "version",
    "wait",
    "wait-all-nodes",
    "wckey",
    "wrap",
});

/// What a line may not change: the scripts rely on it.
constexpr auto own = std::to_array<std::string_view>({"array", "comment", "dependency", "export", "help", "hold",
                                                      "job-name", "open-mode", "output", "parsable", "signal",
                                                      "test-only", "usage", "version", "wait", "wrap"});

}  // namespace

std::span<const std::string_view> sbatch_options()
{
    return options;
}

void require_sbatch_option(const std::string& option, bool allow_unknown)
{
    const std::string name = option.substr(2);
    if (std::find(own.begin(), own.end(), name) != own.end())
        throw UsageError(fmt::format("lines: '{}' is set by the scripts themselves", option), {},
                         "`specsweep slurm render --origin` shows which settings there are");
    if (allow_unknown || std::binary_search(options.begin(), options.end(), name))
        return;
    std::vector<std::string> names;
    for (const std::string_view known : options)
        names.push_back(fmt::format("--{}", known));
    const auto nearest = nearest_name(option, names);
    const std::string advice =
        "for an option of a site's plugin or of a newer Slurm set `unknown_options: true`; `man sbatch` has the others";
    throw UsageError(fmt::format("lines: sbatch has no option '{}'", option), "jobs with it would be refused",
                     nearest ? fmt::format("did you mean '{}'? {}", *nearest, advice) : advice);
}

}  // namespace specsweep::slurm
