#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "checkpoint/architecture_registry.hpp"
#include "checkpoint/matrix.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// A model folder in the Hugging Face layout: config.json and model.safetensors, or shards with
/// model.safetensors.index.json. Only headers are read (and, for tied tensors, the bytes of two equal-sized tensors).
class Checkpoint {
public:
    /// @param path the folder, also a snapshot in a Hugging Face cache (symbolic links), or a `models--…` folder of one
    ///        with a single snapshot or a `refs/main`.
    /// @throws IoError: missing or unreadable; InputError: not what it claims to be, config and shapes disagree.
    static Checkpoint open(const std::filesystem::path& path,
                           const ArchitectureRegistry& registry = ArchitectureRegistry::builtin());

    /// The folder that holds config.json.
    const std::filesystem::path& path() const { return path_; }
    const Inventory& inventory() const { return inventory_; }
    /// @throws UsageError for a name that no file of the checkpoint holds, with the nearest one.
    const TensorLocation& tensor(std::string_view name) const;

private:
    std::filesystem::path path_;
    std::map<std::string, TensorLocation, std::less<>> tensors_;
    Inventory inventory_;
};

}  // namespace specsweep::checkpoint
