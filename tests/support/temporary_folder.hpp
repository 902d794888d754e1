#pragma once

#include <filesystem>

namespace specsweep {

/// An empty folder with an unused name below TMPDIR, removed with all it holds on destruction.
class TemporaryFolder {
public:
    /// @throws std::filesystem::filesystem_error when it cannot be made.
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace specsweep
