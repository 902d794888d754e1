#include "slurm/sweep_folder.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/file_names.hpp"

namespace specsweep::slurm {

SweepFolder::SweepFolder(const std::filesystem::path& root) : root_(std::filesystem::absolute(root).lexically_normal())
{
    if (!root_.has_filename())
        root_ = root_.parent_path();
}

std::filesystem::path SweepFolder::generation(int number) const
{
    return root_ / fmt::format("g{}", number);
}

std::filesystem::path SweepFolder::arrays_file(int number) const
{
    return generation(number) / "arrays.json";
}

std::filesystem::path SweepFolder::script(int number, const std::string& array) const
{
    return generation(number) / (array + ".sh");
}

std::filesystem::path SweepFolder::logs(int number, const std::string& array) const
{
    return generation(number) / "logs" / array;
}

int SweepFolder::generations() const
{
    int count = 0;
    std::error_code ignored;
    while (std::filesystem::exists(arrays_file(count), ignored))
        ++count;
    return count;
}

void SweepFolder::require() const
{
    if (!std::filesystem::is_directory(root_))
        throw IoError(fmt::format("there is no folder {}", root_.string()));
}

std::string shard_stem(std::int32_t shard)
{
    return results::shard_path({}, shard).stem().string();
}

}  // namespace specsweep::slurm
