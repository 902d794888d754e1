#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "hdf5/seal.hpp"
#include "results/create_shard.hpp"

namespace specsweep::results {

std::filesystem::path folder_of(const std::filesystem::path& file)
{
    const std::filesystem::path folder = file.parent_path();
    return folder.empty() ? std::filesystem::path(".") : folder;
}

std::filesystem::path temporary_beside(const std::filesystem::path& target)
{
    return folder_of(target) / fmt::format(".{}.{}.tmp", target.filename().string(), ::getpid());
}

void make_durable(const std::filesystem::path& path)
{
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const int opened = errno;
    if (handle < 0)
        throw IoError(fmt::format("cannot open {}", path.string()), system_message(opened));
    const int status = ::fsync(handle);
    const int failure = errno;
    ::close(handle);
    if (status != 0 && failure != EINVAL && failure != ENOTSUP)
        throw IoError(fmt::format("cannot make {} durable", path.string()), system_message(failure));
}

void publish(const std::filesystem::path& temporary, const std::filesystem::path& given, Durable durable)
{
    const std::filesystem::path target = written_target(given);
    if (is_device(target))
        throw IoError(fmt::format("cannot write {}", target.string()), "it is no file", "choose another place with -o");
    if (durable == Durable::yes)
        make_durable(temporary);
    if (::rename(temporary.c_str(), target.c_str()) != 0)
        throw IoError(fmt::format("cannot rename {} to {}", temporary.string(), target.string()),
                      system_message(errno));
    if (durable == Durable::yes)
        make_durable(folder_of(target));
}

void seal_and_publish(const std::filesystem::path& temporary, const std::filesystem::path& target, Durable durable)
{
    hdf5::seal(temporary);
    publish(temporary, target, durable);
}

void require_writable_folder(const std::filesystem::path& target)
{
    const std::filesystem::path folder = folder_of(target);
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error))
        throw IoError(fmt::format("output folder {} is missing", folder.string()), {},
                      "make it, or choose another place with -o");
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        throw IoError(fmt::format("output folder {} is not writable", folder.string()), system_message(errno),
                      "choose another place with -o");
}

}  // namespace specsweep::results
