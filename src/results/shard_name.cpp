#include "results/shard_name.hpp"

#include "base/format.hpp"

namespace specsweep::results {

namespace {

std::filesystem::path with_shards(std::filesystem::path path)
{
    path += ".shards";
    return path;
}

}  // namespace

std::filesystem::path shard_path(const std::filesystem::path& folder, std::int32_t shard)
{
    return folder / fmt::format("shard-{:04}.h5", shard);
}

bool is_shard_name(const std::filesystem::path& path)
{
    const std::string name = path.filename().string();
    return name.starts_with("shard-") && name.ends_with(".h5");
}

std::filesystem::path shard_folder_of_aggregate(const std::filesystem::path& aggregate)
{
    return with_shards(aggregate);
}

std::filesystem::path shard_folder_of_plan(const std::filesystem::path& plan, const std::string& sweep_name)
{
    const std::filesystem::path folder = plan.has_parent_path() ? plan.parent_path() : std::filesystem::path(".");
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (is_shard_name(entry.path()))
            return folder;
    return shard_folder_of_aggregate(std::filesystem::path("results") / sweep_name / (sweep_name + ".h5"));
}

}  // namespace specsweep::results
