#include "results/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"

namespace specsweep::results {

namespace {

/// Between open and flock the holder may have removed the file: then we hold a lock on nothing that others see.
bool still_named(int handle, const std::filesystem::path& path)
{
    struct stat held = {};
    struct stat named = {};
    return ::fstat(handle, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& target)
    : path_(target.parent_path() / fmt::format(".{}.lock", target.filename().string()))
{
    while (true) {
        handle_ = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
        if (handle_ < 0)
            throw IoError(fmt::format("cannot create {}", path_.string()), system_message(errno));
        if (::flock(handle_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            ::close(std::exchange(handle_, -1));
            throw UsageError(fmt::format("cannot write {}", target.string()), "another run is writing it",
                             "wait for it, or end it");
        }
        if (still_named(handle_, path_))
            return;
        ::close(std::exchange(handle_, -1));
    }
}

FileLock::FileLock(FileLock&& other) noexcept : path_(std::move(other.path_)), handle_(std::exchange(other.handle_, -1))
{
}

FileLock& FileLock::operator=(FileLock&& other) noexcept
{
    if (this != &other) {
        release();
        path_ = std::move(other.path_);
        handle_ = std::exchange(other.handle_, -1);
    }
    return *this;
}

void FileLock::release() noexcept
{
    if (handle_ < 0)
        return;
    ::unlink(path_.c_str());
    ::close(std::exchange(handle_, -1));
}

}  // namespace specsweep::results
