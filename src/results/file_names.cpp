#include "results/file_names.hpp"

#include "base/format.hpp"

namespace specsweep::results {

std::filesystem::path default_aggregate(const std::string& sweep_name)
{
    return std::filesystem::path("results") / sweep_name / (sweep_name + ".h5");
}

std::filesystem::path shard_folder_of_aggregate(const std::filesystem::path& aggregate)
{
    std::filesystem::path folder = aggregate;
    folder += ".shards";
    return folder;
}

std::filesystem::path shard_path(const std::filesystem::path& folder, std::int32_t shard)
{
    return folder / fmt::format("shard-{:04}.h5", shard);
}

bool is_shard_name(const std::filesystem::path& path)
{
    const std::string name = path.filename().string();
    return name.starts_with("shard-") && name.ends_with(".h5");
}

std::filesystem::path kept_plan(const std::filesystem::path& aggregate)
{
    return shard_folder_of_aggregate(aggregate) / plan_file_name;
}

std::filesystem::path shard_folder_of_plan(const std::filesystem::path& plan, const std::string& sweep_name)
{
    const std::filesystem::path folder = plan.has_parent_path() ? plan.parent_path() : std::filesystem::path(".");
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (is_shard_name(entry.path()))
            return folder;
    return shard_folder_of_aggregate(default_aggregate(sweep_name));
}

}  // namespace specsweep::results
