#include "results/source_files.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/file_names.hpp"

namespace specsweep::results {

bool looks_like_result_file(const std::filesystem::path& path)
{
    const std::string name = path.filename().string();
    return name.ends_with(".h5") && !name.ends_with(".provenance.h5") && !name.starts_with('.');
}

std::vector<std::filesystem::path> result_files(std::span<const std::filesystem::path> sources)
{
    std::vector<std::filesystem::path> files;
    for (const std::filesystem::path& source : sources) {
        std::error_code error;
        if (!std::filesystem::exists(source, error))
            throw IoError(fmt::format("cannot read {}", source.string()), system_message(ENOENT), "check the path");
        if (!std::filesystem::is_directory(source, error)) {
            files.push_back(source);
            continue;
        }
        std::vector<std::filesystem::path> inside;
        for (const auto& entry : std::filesystem::directory_iterator(source, error))
            if (looks_like_result_file(entry.path()) && entry.is_regular_file(error))
                inside.push_back(entry.path());
        if (error)
            throw IoError(fmt::format("cannot list {}", source.string()), error.message());
        std::sort(inside.begin(), inside.end());
        // Where shards lie, an aggregate beside them was made from them.
        if (std::any_of(inside.begin(), inside.end(), is_shard_name))
            inside.erase(std::remove_if(inside.begin(), inside.end(), std::not_fn(is_shard_name)), inside.end());
        files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
}

std::filesystem::path provenance_path(const std::filesystem::path& aggregate)
{
    std::filesystem::path path = aggregate;
    path.replace_extension();
    path += ".provenance.h5";
    return path;
}

}  // namespace specsweep::results
