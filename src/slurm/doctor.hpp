#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_forward.hpp"
#include "slurm/cluster.hpp"
#include "slurm/profile.hpp"

namespace specsweep::slurm {

enum class Health { good, note, problem };

/// One thing that was looked at: what was found, what it means, what to do.
struct Finding {
    Health health = Health::good;
    std::string topic, found, meaning;
};

/// What the cluster's programs printed; empty: they are missing or failed.
struct ClusterTexts {
    ClusterConfig config;
    std::string partitions;   ///< sinfo -h -o "%P|%a|%l|%D|%c|%m": a line a partition
    std::string mpi_plugins;  ///< srun --mpi=list, both streams
    std::string mpi_runtime;  ///< ompi_info --parsable
    std::string qos;          ///< sacctmgr -n -P show qos format=Name,MaxSubmitJobsPerUser,MaxWall
};

struct Diagnosis {
    std::vector<Finding> findings;
    std::vector<std::pair<std::string, std::string>> settings;  ///< of the profile that fits, as YAML values

    void add(Health health, std::string topic, std::string found, std::string meaning);
    void set(const std::string& key, std::string yaml_value);
    bool healthy() const;
};

/// Limits, partitions, accounting, requeue, MPI plugins against the MPI library in use. Pure.
void diagnose_cluster(const ClusterTexts&, Diagnosis&);

/// Exclusive creation, flock, rename over a file, clock of the file system against this machine's, free space.
void diagnose_folder(const std::filesystem::path& folder, Diagnosis&);

/// A real parallel HDF5 write: this program computes a tiny checkpoint in `folder` on two ranks, with the profile's
/// environment and I/O component, and has a minute for it (a wrong component hangs).
void diagnose_parallel_write(const std::filesystem::path& folder, const std::filesystem::path& program, const Profile&,
                             Diagnosis&);

/// All of it. Works where Slurm is missing: that is a finding. @throws IoError: there is no such folder
Diagnosis diagnose(const std::filesystem::path& folder, const std::filesystem::path& program, const Profile&);

/// A profile as YAML with a comment for each setting. @param base name of the profile it extends.
std::string profile_text(const Diagnosis&, const std::string& base);

Json to_json(const Diagnosis&);
std::string to_text(const Diagnosis&);

}  // namespace specsweep::slurm
