#include "checkpoint/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "checkpoint/find_packings.hpp"
#include "checkpoint/inventory.hpp"
#include "checkpoint/model_folder.hpp"
#include "checkpoint/natural_order.hpp"

namespace specsweep::checkpoint {
namespace {

/// Stops at the first difference, so that tensors that are not tied cost one chunk.
bool same_stored_bits(const TensorLocation& a, const TensorLocation& b)
{
    constexpr std::int64_t chunk = 1 << 20;
    if (a.bytes != b.bytes || a.packing || b.packing)
        return false;
    const FileDescriptor file_a(a.file);
    const FileDescriptor file_b(b.file);
    std::array<std::vector<std::byte>, 2> buffers;
    for (std::int64_t done = 0; done < a.bytes; done += chunk) {
        const auto size = static_cast<std::size_t>(std::min(chunk, a.bytes - done));
        for (auto& buffer : buffers)
            buffer.resize(size);
        file_a.read(buffers[0], a.offset + done);
        file_b.read(buffers[1], b.offset + done);
        if (std::memcmp(buffers[0].data(), buffers[1].data(), size) != 0)
            return false;
    }
    return true;
}

/// What to do about a folder without config.json: the checkpoints of a trajectory often lie one level below.
std::string folder_suggestion(const std::filesystem::path& folder)
{
    std::vector<std::string> below;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (std::filesystem::is_regular_file(entry.path() / "config.json", error))
            below.push_back(entry.path().filename().string());
    if (below.empty())
        return "give a folder in the Hugging Face layout";
    const auto first = std::min_element(below.begin(), below.end(), natural_less);
    const std::string all = below.size() > 1 ? fmt::format(", or {} for all", (folder / "*").string()) : "";
    return fmt::format("it holds {}: give {}{}", counted(std::ssize(below), "checkpoint"), (folder / *first).string(),
                       all);
}

std::string read_config(const std::filesystem::path& folder)
{
    constexpr std::int64_t longest = 16 << 20;
    const std::filesystem::path file = folder / "config.json";
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(file, error);
    if (status.type() == std::filesystem::file_type::none)
        throw IoError("cannot look at " + file.string(), system_message(error.value()));
    if (!std::filesystem::is_regular_file(status))
        throw InputError(fmt::format("{} is no checkpoint", folder.string()), "it has no config.json",
                         folder_suggestion(folder));
    return read_text_file(file, longest);
}

}  // namespace

Checkpoint Checkpoint::open(const std::filesystem::path& path, const ArchitectureRegistry& registry)
{
    Checkpoint checkpoint;
    checkpoint.path_ = find_model_folder(path);
    const std::string config_text = read_config(checkpoint.path_);
    const ModelConfig config = ModelConfig::parse(config_text, (checkpoint.path_ / "config.json").string());
    StoredTensors stored = read_stored_tensors(checkpoint.path_);
    stored.tensors = with_packings(std::move(stored.tensors), parse_json(config_text, "config.json"));
    checkpoint.inventory_ = make_inventory(stored.tensors, config, registry, same_stored_bits);
    for (const TensorLocation& tensor : stored.tensors)
        checkpoint.tensors_.emplace(tensor.name, tensor);
    for (const std::string& name : stored.unlisted)
        if (checkpoint.tensors_.count(name) == 0)
            checkpoint.inventory_.skipped.push_back({.tensor = name, .reason = "not in the index of the checkpoint"});
    for (const std::string& warning : checkpoint.inventory_.warnings)
        log_warning("{}", warning);
    return checkpoint;
}

const TensorLocation& Checkpoint::tensor(std::string_view name) const
{
    const auto found = tensors_.find(name);
    if (found != tensors_.end())
        return found->second;
    std::vector<std::string> names;
    for (const auto& entry : tensors_)
        names.push_back(entry.first);
    const auto near = nearest_name(name, names);
    throw UsageError(fmt::format("{} has no tensor '{}'", path_.string(), name), {},
                     near ? fmt::format("did you mean '{}'?", *near) : "");
}

}  // namespace specsweep::checkpoint
