#include "run/provenance.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>

#include "base/json.hpp"
#include "base/numerics_version.hpp"
#include "linalg/blas_library.hpp"
#include "mpi/collectives.hpp"
#include "mpi/library_version.hpp"
#include "run/run_shard.hpp"

namespace specsweep::run {
namespace {

std::string utc_now()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

std::string host_name()
{
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

Json slurm_variables()
{
    Json found = Json::object();
    for (const char* name : {"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT",
                             "SLURM_JOB_PARTITION", "SLURM_CLUSTER_NAME", "SLURM_JOB_NODELIST"})
        if (const char* value = std::getenv(name))
            found[name] = value;
    return found;
}

}  // namespace

Json process_provenance()
{
    Json entry;
    entry["started"] = utc_now();
    entry["compiler"] = __VERSION__;
    entry["mpi_library"] = mpi::library_version();
    entry["blas_library"] = linalg::blas_description();
    entry["numerics_version"] = numerics_version;
    entry["slurm"] = slurm_variables();
    std::error_code ignored;
    entry["working_folder"] = std::filesystem::current_path(ignored).string();
    return entry;
}

Json complete_provenance(const mpi::Communicator& world, const Json* begun, const ShardOutcome& outcome)
{
    std::map<std::string, int> ranks_of_host;
    for (const std::string& host : mpi::gather_strings(world, host_name(), 0))
        ++ranks_of_host[host];
    Json entry = begun != nullptr ? *begun : Json::object();
    entry["finished"] = utc_now();
    entry["hosts"] = ranks_of_host;
    entry["ranks"] = world.size();
    entry["computed"] = outcome.computed;
    entry["found_done"] = outcome.found_done;
    entry["damaged"] = outcome.damaged;
    entry["stopped"] = outcome.stopped;
    entry["seconds"] = outcome.seconds;
    return entry;
}

}  // namespace specsweep::run
