#pragma once

#include <filesystem>
#include <vector>

#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// The folder that holds config.json: `path` itself, or the snapshot inside a Hugging Face cache folder `models--…`
/// (the one that refs/main names, else the only one).
/// @throws IoError: nothing there; InputError: no checkpoint.
std::filesystem::path find_model_folder(const std::filesystem::path& path);

/// The tensors of model.safetensors, or of the shards that model.safetensors.index.json lists.
struct StoredTensors {
    std::vector<TensorLocation> tensors;
    std::vector<std::string> unlisted;  ///< in a shard, but not in the index: as good as not there
};

/// Believes nothing of an index: files are plain names in the folder, and every tensor stands in the file it names.
/// @throws IoError, InputError
StoredTensors read_stored_tensors(const std::filesystem::path& folder);

}  // namespace specsweep::checkpoint
