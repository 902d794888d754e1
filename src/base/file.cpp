#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/positioned_io.hpp"

namespace specsweep {
namespace {

[[noreturn]] void fail(std::string_view what, const std::filesystem::path& path, int error_number)
{
    throw IoError(fmt::format("cannot {} {}", what, path.string()), system_message(error_number));
}

struct stat stat_of(const std::filesystem::path& path)
{
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0)
        fail("look at", path, errno);
    return status;
}

void write_all(int handle, std::string_view text, const std::filesystem::path& path)
{
    while (!text.empty()) {
        const ssize_t written = ::write(handle, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail("write", path, errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

FileDescriptor::FileDescriptor(const std::filesystem::path& path) : path_(path)
{
    handle_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle_ < 0)
        fail("open", path, errno);
    struct stat status = {};
    if (::fstat(handle_, &status) != 0 || S_ISDIR(status.st_mode)) {
        ::close(std::exchange(handle_, -1));
        fail("read", path, EISDIR);
    }
}

FileDescriptor::~FileDescriptor()
{
    if (handle_ >= 0)
        ::close(handle_);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : path_(std::move(other.path_)), handle_(std::exchange(other.handle_, -1))
{
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept
{
    std::swap(path_, other.path_);
    std::swap(handle_, other.handle_);
    return *this;
}

std::int64_t FileDescriptor::size() const
{
    struct stat status = {};
    if (::fstat(handle_, &status) != 0)
        fail("look at", path_, errno);
    return status.st_size;
}

void FileDescriptor::read(std::span<std::byte> bytes, std::int64_t offset) const
{
    const Transfer read = read_at(handle_, bytes, offset);
    if (read.error != 0)
        fail("read", path_, read.error);
    if (read.bytes < bytes.size())
        throw IoError("cannot read " + path_.string(),
                      fmt::format("it ends before byte {}", offset + static_cast<std::int64_t>(bytes.size())));
}

FileStamp file_stamp(const std::filesystem::path& path)
{
    const struct stat status = stat_of(path);
    return {.size = status.st_size,
            .modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

std::string read_text_file(const std::filesystem::path& path, std::int64_t most)
{
    if (is_device(path))  // its size says nothing of what it holds
        throw InputError(path.string() + " is no regular file", "a pipe or device", "write the text to a file first");
    const FileDescriptor file(path);
    const std::int64_t size = file.size();
    if (size > most)
        throw InputError(path.string() + " is too large to read whole",
                         fmt::format("{} bytes, at most {}", size, most));
    std::string text(static_cast<std::size_t>(size), '\0');
    file.read(std::as_writable_bytes(std::span(text)), 0);
    return text;
}

std::filesystem::path written_target(const std::filesystem::path& path)
{
    std::error_code none;
    const std::filesystem::path target =
        std::filesystem::is_symlink(path, none) ? std::filesystem::weakly_canonical(path, none) : path;
    return none ? path : target;
}

bool is_device(const std::filesystem::path& path)
{
    std::error_code none;
    const std::filesystem::file_status status = std::filesystem::status(path, none);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
           !std::filesystem::is_directory(status);
}

void refuse_same_file(const std::filesystem::path& output, const std::filesystem::path& input)
{
    std::error_code none;
    if (std::filesystem::equivalent(output, input, none))
        throw UsageError(fmt::format("{} would be overwritten", input.string()), "it is the input",
                         "choose another place with -o");
}

void check_can_write(const std::filesystem::path& given)
{
    const std::filesystem::path path = written_target(given);
    std::error_code none;
    if (std::filesystem::is_directory(path, none))
        fail("write", path, EISDIR);
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (!is_device(path) && ::access((folder / ".").c_str(), W_OK | X_OK) != 0)
        fail("create", path, errno);
}

void write_text_file_atomically(const std::filesystem::path& given, std::string_view text)
{
    const std::filesystem::path path = written_target(given);
    if (is_device(path)) {  // a pipe, /dev/stdout: never to be replaced by a file
        const int handle = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (handle < 0)
            fail("open", path, errno);
        try {
            write_all(handle, text, path);
        } catch (...) {
            ::close(handle);
            throw;
        }
        ::close(handle);
        return;
    }
    const std::filesystem::path temporary = path.string() + fmt::format(".{}.partial", ::getpid());
    const int handle = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (handle < 0)
        fail("create", path, errno);
    try {
        write_all(handle, text, temporary);
        if (::fsync(handle) != 0)
            fail("write", temporary, errno);
    } catch (...) {
        ::close(handle);
        ::unlink(temporary.c_str());
        throw;
    }
    ::close(handle);
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int error_number = errno;
        ::unlink(temporary.c_str());
        fail("write", path, error_number);
    }
}

}  // namespace specsweep
