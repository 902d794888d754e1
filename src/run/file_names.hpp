#pragma once

#include <cstdint>
#include <filesystem>

namespace specsweep::run {

/// "results/a/a.h5" → "results/a/a.h5.shards": where the shard files of that aggregate lie.
std::filesystem::path shards_folder(const std::filesystem::path& aggregate);

/// "shard-0007.h5" inside that folder.
std::filesystem::path shard_file(const std::filesystem::path& aggregate, std::int32_t shard);

/// "plan.json" inside that folder: the plan that the shard files belong to.
std::filesystem::path kept_plan(const std::filesystem::path& aggregate);

/// "results/NAME/NAME.h5"
std::filesystem::path default_output(const std::string& sweep_name);

}  // namespace specsweep::run
