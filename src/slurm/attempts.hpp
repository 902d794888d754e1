#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::slurm {

/// One try at one shard, as the job script noted it (attempts/shard-0007).
struct Attempt {
    std::int64_t begin = 0;  ///< seconds since the epoch
    std::string job;         ///< "123_4"
    int restart = 0;
    std::string node, token;
    bool ended = false;  ///< false: it runs, or was ended from outside
    std::int64_t end = 0;
    int code = -1;
};

/// Lines "begin EPOCH JOB RESTART NODE TOKEN -" and "end EPOCH JOB RESTART NODE TOKEN CODE"; others are skipped.
std::vector<Attempt> parse_attempts(std::string_view text);

/// Of a shard; empty when it was never begun.
std::vector<Attempt> read_attempts(const std::filesystem::path& file);

}  // namespace specsweep::slurm
