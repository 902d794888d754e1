#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace specsweep::results {

// All names of files that a sweep leaves are made here.

/// "results/NAME/NAME.h5": the aggregate, where nobody says otherwise.
std::filesystem::path default_aggregate(const std::string& sweep_name);

/// Where `run` keeps the shards of an aggregate: "results/NAME.h5" → "results/NAME.h5.shards"
std::filesystem::path shard_folder_of_aggregate(const std::filesystem::path& aggregate);

/// "FOLDER/shard-0007.h5"
std::filesystem::path shard_path(const std::filesystem::path& folder, std::int32_t shard);

bool is_shard_name(const std::filesystem::path&);

/// "plan.json" in the folder of the shards: the plan that they belong to.
inline constexpr const char* plan_file_name = "plan.json";
std::filesystem::path kept_plan(const std::filesystem::path& aggregate);

/// Where `status PLAN` looks without being told: beside the plan if shard files lie there (`run` keeps a copy of its
/// plan with them), else where `run` puts the shards of a sweep of this name by default.
std::filesystem::path shard_folder_of_plan(const std::filesystem::path& plan, const std::string& sweep_name);

}  // namespace specsweep::results
