#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::slurm {

/// A job as Slurm's programs write it:
///
///   123   123_4   123_[1-5,9]   123_[1-99%8]   123_[0-90:5]   123_[1-5,...   123+1   123;cluster
struct JobReference {
    std::string job;                  ///< "123"
    std::vector<std::int64_t> tasks;  ///< of an array; empty: the whole job
    bool cut = false;                 ///< the list of tasks was too long for Slurm to print
    std::string cluster;
};

/// Nothing when it is none of these forms, or names more than 4,000,001 tasks.
std::optional<JobReference> parse_job(std::string_view text);

/// "0-3,7%2", "0-90:5" → numbers. Nothing when it is no such list.
std::optional<std::vector<std::int64_t>> parse_tasks(std::string_view text, bool* cut = nullptr);

/// "CANCELLED by 1001" → "CANCELLED", "RUNNING+" → "RUNNING".
std::string plain_state(std::string_view text);

}  // namespace specsweep::slurm
