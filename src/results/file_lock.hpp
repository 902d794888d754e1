#pragma once

#include <filesystem>

namespace specsweep::results {

/// Keeps a second run from writing the same result file: an flock on a hidden file beside it, which also a killed run
/// gives back. Where the file system knows no locks there is no protection, and no error.
class FileLock {
public:
    FileLock() = default;
    /// @throws UsageError when another process holds it;  IoError when the lock file cannot be made.
    explicit FileLock(const std::filesystem::path& target);
    ~FileLock() { release(); }
    FileLock(FileLock&&) noexcept;
    FileLock& operator=(FileLock&&) noexcept;

    void release() noexcept;

private:
    std::filesystem::path path_;
    int handle_ = -1;
};

}  // namespace specsweep::results
