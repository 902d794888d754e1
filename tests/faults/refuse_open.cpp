// LD_PRELOAD: open() of a path that contains REFUSE_OPEN fails with EACCES in the process whose rank is REFUSE_RANK.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

bool refused(const char* path)
{
    const char* part = std::getenv("REFUSE_OPEN");
    const char* victim = std::getenv("REFUSE_RANK");
    const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
    return part != nullptr && victim != nullptr && rank != nullptr && std::strcmp(victim, rank) == 0 &&
           std::strstr(path, part) != nullptr;
}

using Open = int (*)(const char*, int, ...);

int open_unless_refused(const char* symbol, const char* path, int flags, mode_t mode)
{
    if (refused(path)) {
        errno = EACCES;
        return -1;
    }
    const auto real = reinterpret_cast<Open>(dlsym(RTLD_NEXT, symbol));
    return real(path, flags, mode);
}

}  // namespace

extern "C" int open(const char* path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    const auto mode = static_cast<mode_t>(va_arg(rest, int));
    va_end(rest);
    return open_unless_refused("open", path, flags, mode);
}

extern "C" int open64(const char* path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    const auto mode = static_cast<mode_t>(va_arg(rest, int));
    va_end(rest);
    return open_unless_refused("open64", path, flags, mode);
}
