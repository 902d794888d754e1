#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace specsweep {

/// An open file for reading by position; closed by the destructor.
class FileDescriptor {
public:
    /// @throws IoError: missing, not readable, a folder.
    explicit FileDescriptor(const std::filesystem::path& path);
    ~FileDescriptor();
    FileDescriptor(FileDescriptor&& other) noexcept;
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;

    const std::filesystem::path& path() const { return path_; }
    std::int64_t size() const;

    /// Fills `bytes` from `offset`. @throws IoError, also when the file ends before (a shrinking file is an error, not
    /// a signal).
    void read(std::span<std::byte> bytes, std::int64_t offset) const;

private:
    std::filesystem::path path_;
    int handle_ = -1;
};

/// Size and time of last change: a cheap sign that a file is still the same.
struct FileStamp {
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
/// @throws IoError
FileStamp file_stamp(const std::filesystem::path& path);

/// @throws IoError; InputError above `most` bytes, and for pipes and devices.
std::string read_text_file(const std::filesystem::path& path, std::int64_t most = std::int64_t{1} << 30);

/// Where a file that is written as `path` goes: through symbolic links, so that a link stays one.
std::filesystem::path written_target(const std::filesystem::path& path);

/// A pipe, terminal or device: written to as it is, never replaced by a file.
bool is_device(const std::filesystem::path& path);

/// @throws UsageError when `output` is the file `input`, which writing would destroy.
void refuse_same_file(const std::filesystem::path& output, const std::filesystem::path& input);

/// Whether a file can be made or replaced there, as far as folders and permissions tell: asked before long work.
/// @throws IoError
void check_can_write(const std::filesystem::path& path);

/// Writes beside the target, syncs, then renames: readers see the old or the new text, never half. Into a device
/// directly. @throws IoError
void write_text_file_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace specsweep
