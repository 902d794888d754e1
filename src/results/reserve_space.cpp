#include "results/reserve_space.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::results {

void require_space(const std::filesystem::path& path, std::int64_t bytes)
{
    const int handle = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0666);
    if (handle < 0)
        throw IoError(fmt::format("cannot create {}", path.string()), system_message(errno));
    const int failure = ::posix_fallocate(handle, 0, bytes);
    ::close(handle);
    ::unlink(path.c_str());
    if (failure != 0)
        throw IoError(fmt::format("cannot reserve {} for {}", format_bytes(static_cast<double>(bytes)), path.string()),
                      system_message(failure), "free some space or choose another place with -o");
}

}  // namespace specsweep::results
