#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::sweep {

/// ${XDG_CACHE_HOME:-~/.cache}/specsweep/digests.json; nothing when neither XDG_CACHE_HOME nor HOME is set.
std::optional<std::filesystem::path> default_digest_cache();

/// Content digests of earlier plans, valid while the file keeps its size and time of change. A convenience: a cache
/// that is missing, broken or not writable costs time, never an error. Digests are verified again when a tensor is
/// read.
class DigestCache {
public:
    /// Without a file, nothing is remembered.
    explicit DigestCache(std::optional<std::filesystem::path> file);

    /// The digest of the tensor, from the cache or computed and remembered. @throws IoError of the tensor's file.
    Digest128 digest(const checkpoint::TensorLocation&, const FileStamp&);

    /// Writes what is new. A file changed during the last two seconds is left out: it may change again in the same tick
    /// of its clock.
    void save() const;

private:
    struct File {
        FileStamp stamp;
        std::map<std::string, Digest128> tensors;  ///< "offset+bytes" → digest
    };

    std::optional<std::filesystem::path> path_;
    std::map<std::string, File> files_;
    bool changed_ = false;
};

}  // namespace specsweep::sweep
