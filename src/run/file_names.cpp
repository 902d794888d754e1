#include "run/file_names.hpp"

#include <string>

#include "base/format.hpp"

namespace specsweep::run {

std::filesystem::path shards_folder(const std::filesystem::path& aggregate)
{
    return aggregate.string() + ".shards";
}

std::filesystem::path shard_file(const std::filesystem::path& aggregate, std::int32_t shard)
{
    return shards_folder(aggregate) / fmt::format("shard-{:04}.h5", shard);
}

std::filesystem::path kept_plan(const std::filesystem::path& aggregate)
{
    return shards_folder(aggregate) / "plan.json";
}

std::filesystem::path default_output(const std::string& sweep_name)
{
    return std::filesystem::path("results") / sweep_name / (sweep_name + ".h5");
}

}  // namespace specsweep::run
