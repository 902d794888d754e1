#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace specsweep {

/// A file without a name for what does not fit into memory: read and written by position, gone with the object or the
/// process. What was never written is zero.
class ScratchFile {
public:
    /// @throws IoError: the folder cannot be written
    explicit ScratchFile(const std::filesystem::path& folder);
    ~ScratchFile();
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    /// Bytes beyond the end are zero. @throws IoError
    void read(std::span<std::byte> bytes, std::int64_t offset) const;
    /// @throws IoError: no space
    void write(std::span<const std::byte> bytes, std::int64_t offset);

private:
    std::filesystem::path folder_;
    int handle_ = -1;
};

}  // namespace specsweep
