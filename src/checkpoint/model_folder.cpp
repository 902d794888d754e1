#include "checkpoint/model_folder.hpp"

#include <cerrno>
#include <map>
#include <set>
#include <string>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "checkpoint/safetensors.hpp"

namespace specsweep::checkpoint {
namespace {

namespace fs = std::filesystem;

constexpr const char* single_name = "model.safetensors";
constexpr const char* index_name = "model.safetensors.index.json";

bool is_there(const fs::path& path)
{
    std::error_code error;
    return fs::exists(path, error);
}

/// A link whose target is missing: what an interrupted download leaves in a cache.
bool dangles(const fs::path& path)
{
    std::error_code error;
    return fs::is_symlink(fs::symlink_status(path, error)) && !is_there(path);
}

fs::path snapshot_of(const fs::path& cache)
{
    const fs::path snapshots = cache / "snapshots";
    if (const fs::path main = cache / "refs" / "main"; is_there(main)) {
        constexpr std::int64_t longest = 4096;
        const std::string revision(trim(read_text_file(main, longest)));
        if (revision.empty() || revision.find('/') != std::string::npos || revision == "." || revision == "..")
            throw InputError(fmt::format("{} names no snapshot", main.string()), "it is no plain name");
        if (is_there(snapshots / revision))
            return snapshots / revision;
    }
    std::vector<fs::path> found;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(snapshots, error))
        if (entry.is_directory(error))
            found.push_back(entry.path());
    if (found.size() != 1)
        throw InputError(fmt::format("{} holds {} snapshots", cache.string(), found.size()),
                         "which of them is meant is not clear", "give the path of one snapshot");
    return found.front();
}

/// model.safetensors.index.json: {"weight_map": {"TENSOR": "FILE"}}.
std::map<std::string, std::string> read_index(const fs::path& path)
{
    const auto refuse = [&](const std::string& why) {
        return InputError(path.string() + " is not a valid index", why, "download the checkpoint again");
    };
    const Json json = parse_json(read_text_file(path, longest_safetensors_header), path.string());
    const auto map = json.is_object() ? json.find("weight_map") : json.end();
    if (!json.is_object() || map == json.end() || !map->is_object())
        throw refuse("it has no weight_map");
    std::map<std::string, std::string> files;
    for (const auto& [tensor, file] : map->items()) {
        if (!file.is_string())
            throw refuse(fmt::format("the file of tensor '{}' is no text", tensor));
        const auto name = file.get<std::string>();
        if (name.empty() || name == "." || name == ".." ||
            name.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos)
            throw refuse(fmt::format("the file {} of tensor '{}' is no plain name", file.dump(), tensor));
        files.emplace(tensor, name);
    }
    return files;
}

fs::path existing(const fs::path& file, const std::string& why)
{
    if (is_there(file))
        return file;
    throw InputError(fmt::format("{} is missing", file.string()),
                     dangles(file) ? "it is a symbolic link to nothing: an unfinished download?" : why,
                     "download the checkpoint again");
}

StoredTensors read_shards(const fs::path& folder, const fs::path& index)
{
    const std::map<std::string, std::string> file_of = read_index(index);
    std::set<std::string> files;
    for (const auto& entry : file_of)
        files.insert(entry.second);
    StoredTensors result;
    std::set<std::string> found;
    for (const std::string& name : files)
        for (TensorLocation& tensor : read_safetensors_header(existing(folder / name, "the index names it"))) {
            const auto listed = file_of.find(tensor.name);
            if (listed == file_of.end()) {
                result.unlisted.push_back(tensor.name);
            } else if (listed->second == name) {
                found.insert(tensor.name);
                result.tensors.push_back(std::move(tensor));
            }
        }
    for (const auto& [tensor, file] : file_of)
        if (found.count(tensor) == 0)
            throw InputError(fmt::format("tensor {} is not in {}", tensor, (folder / file).string()),
                             "the index says that it is", "download the checkpoint again");
    return result;
}

}  // namespace

fs::path find_model_folder(const fs::path& path)
{
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
        throw IoError(fmt::format("there is no checkpoint {}", path.string()),
                      dangles(path) ? "a symbolic link to nothing" : system_message(error ? error.value() : ENOENT));
    if (!fs::is_directory(status))
        throw InputError(fmt::format("{} is no checkpoint", path.string()), "it is no folder",
                         "give the folder that holds config.json");
    if (!is_there(path / "config.json") && is_there(path / "snapshots"))
        return snapshot_of(path);
    return path;
}

StoredTensors read_stored_tensors(const fs::path& folder)
{
    const fs::path single = folder / single_name;
    const fs::path index = folder / index_name;
    if (is_there(single) || dangles(single))
        return {.tensors = read_safetensors_header(existing(single, "")), .unlisted = {}};
    if (is_there(index) || dangles(index))
        return read_shards(folder, existing(index, ""));
    const bool pickled = is_there(folder / "pytorch_model.bin") || is_there(folder / "pytorch_model.bin.index.json");
    throw InputError(fmt::format("{} holds no {} and no {}", folder.string(), single_name, index_name),
                     pickled ? "it holds pytorch_model.bin, which can run code when it is read" : "",
                     pickled ? "convert it to safetensors" : "give the folder of a checkpoint");
}

}  // namespace specsweep::checkpoint
