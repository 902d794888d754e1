#include "slurm/profile_key.hpp"

#include <algorithm>
#include <array>

namespace specsweep::slurm {

namespace {

using enum SettingKind;

constexpr std::array table{
    ProfileKey{"about", text, "", "a sentence for people"},
    // Who and where.
    ProfileKey{"account", text, "", "--account"},
    ProfileKey{"partition", text, "", "--partition"},
    ProfileKey{"qos", text, "", "--qos"},
    ProfileKey{"reservation", text, "", "--reservation"},
    ProfileKey{"constraint", text, "", "--constraint"},
    ProfileKey{"exclude_nodes", list, "", "--exclude"},
    ProfileKey{"mail_user", text, "", "--mail-user, of the aggregating job"},
    ProfileKey{"mail_type", text, "END,FAIL", "--mail-type, when mail_user is given"},
    ProfileKey{"lines", list, "", "further sbatch options, each like --gres=tmp:10G"},
    ProfileKey{"unknown_options", boolean, "false",
               "`lines` may hold options that sbatch's manual does not know (site plugins, newer versions)"},
    // Size of one array task.
    ProfileKey{"nodes", count, "1", "--nodes of a task"},
    ProfileKey{"ranks", count, "1", "--ntasks: MPI ranks of a task"},
    ProfileKey{"cpus_per_rank", count, "1", "--cpus-per-task"},
    ProfileKey{"hint", text, "nomultithread", "--hint; empty: none"},
    ProfileKey{"exclusive", boolean, "false", "--exclusive"},
    ProfileKey{"memory", choice, "per-node", "ask with --mem, with --mem-per-cpu, or not at all",
               "per-node per-cpu none"},
    ProfileKey{"memory_margin", number, "1.5", "memory asked for over memory predicted"},
    ProfileKey{"time", integer, "0", "minutes of a task; 0: from the plan"},
    ProfileKey{"time_margin", number, "2", "time asked for over time predicted"},
    ProfileKey{"time_min", integer, "10", "minutes, at least"},
    ProfileKey{"time_max", integer, "0", "minutes, at most (what is longer stops and goes on); 0: no limit"},
    // Environment of a task.
    ProfileKey{"modules", list, "", "module load …"},
    ProfileKey{"environment_file", text, "", "sourced before the program starts"},
    ProfileKey{"environment", list, "", "NAME=VALUE, exported"},
    ProfileKey{"launcher", choice, "srun", "starts the ranks", "srun mpirun"},
    ProfileKey{"mpi", text, "pmix", "srun --mpi=…; empty: the cluster's default"},
    ProfileKey{"launcher_options", list, "", "further options of the launcher"},
    ProfileKey{"program", text, "", "path of specsweep on the nodes; empty: this one"},
    ProfileKey{"io_component", text, "", "parallel I/O component of the MPI library; empty: its default"},
    ProfileKey{"io_variable", text, "", "environment variable that selects the component"},
    ProfileKey{"scratch", text, "",
               "node-local folder (may hold $TMPDIR and the like) to which tensors are copied; empty: none"},
    // Arrays and stopping.
    ProfileKey{"max_array_size", count, "1001",
               "tasks of one array, at most; `submit` asks the cluster for its own limit, too"},
    ProfileKey{"throttle", integer, "0", "tasks of the whole sweep that run at a time (%N); 0: no limit"},
    ProfileKey{"throttle_mode", choice, "waves", "several arrays under a throttle: one after another, or sharing it",
               "waves split"},
    ProfileKey{"requeue", boolean, "true", "a task that ran out of time puts itself back into the queue"},
    ProfileKey{"max_requeues", integer, "5", "how often"},
    ProfileKey{"signal_seconds", integer, "180", "--signal: seconds before the limit (may come up to 60 s early)"},
    ProfileKey{"margin_seconds", integer, "120",
               "no unit begins that is predicted to end later than this before the limit"},
    ProfileKey{"lease_seconds", integer, "150", "how long a task waits for a shard that another task seems to hold"},
    ProfileKey{"aggregate", boolean, "true", "submit a job that aggregates when all tasks have ended"},
    ProfileKey{"aggregate_minutes", integer, "60", "--time of that job"},
    ProfileKey{"aggregate_memory_mb", integer, "4000", "--mem of that job"},
};

}  // namespace

std::span<const ProfileKey> profile_keys()
{
    return table;
}

const ProfileKey* find_profile_key(std::string_view name)
{
    const auto found =
        std::find_if(table.begin(), table.end(), [name](const ProfileKey& key) { return key.name == name; });
    return found == table.end() ? nullptr : &*found;
}

std::vector<std::string> profile_key_names()
{
    std::vector<std::string> names;
    for (const ProfileKey& key : table)
        names.emplace_back(key.name);
    return names;
}

}  // namespace specsweep::slurm
