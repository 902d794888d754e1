// LD_PRELOAD: in the process whose rank is REFUSE_RANK,
//   REFUSE_OPEN=TEXT        open() of a path that contains TEXT fails with EACCES;
//   REFUSE_MAPPING=LOW:HIGH mmap() of LOW to HIGH bytes of anonymous memory fails with ENOMEM;
//   REFUSE_WRITE=LOW:HIGH   pwrite() of LOW to HIGH bytes fails with EIO.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

/// What this rank is to be refused, or null.
const char* refused(const char* what)
{
    const char* victim = std::getenv("REFUSE_RANK");
    const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
    return victim != nullptr && rank != nullptr && std::strcmp(victim, rank) == 0 ? std::getenv(what) : nullptr;
}

using Open = int (*)(const char*, int, ...);

int open_unless_refused(const char* symbol, const char* path, int flags, mode_t mode)
{
    const char* part = refused("REFUSE_OPEN");
    if (part != nullptr && std::strstr(path, part) != nullptr) {
        errno = EACCES;
        return -1;
    }
    const auto real = reinterpret_cast<Open>(dlsym(RTLD_NEXT, symbol));
    return real(path, flags, mode);
}

/// Whether the variable's range LOW:HIGH holds the size.
bool refuses_size(const char* variable, std::size_t size)
{
    const char* sizes = refused(variable);
    std::size_t low = 0, high = 0;
    return sizes != nullptr && std::sscanf(sizes, "%zu:%zu", &low, &high) == 2 && size >= low && size <= high;
}

using Write = ssize_t (*)(int, const void*, std::size_t, off_t);

ssize_t write_unless_refused(const char* symbol, int file, const void* data, std::size_t size, off_t offset)
{
    if (refuses_size("REFUSE_WRITE", size)) {
        errno = EIO;
        return -1;
    }
    return reinterpret_cast<Write>(dlsym(RTLD_NEXT, symbol))(file, data, size, offset);
}

using Map = void* (*)(void*, std::size_t, int, int, int, off_t);

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

extern "C" ssize_t pwrite(int file, const void* data, std::size_t size, off_t offset)
{
    return write_unless_refused("pwrite", file, data, size, offset);
}

extern "C" ssize_t pwrite64(int file, const void* data, std::size_t size, off_t offset)
{
    return write_unless_refused("pwrite64", file, data, size, offset);
}

extern "C" void* mmap(void* address, std::size_t length, int protection, int flags, int file, off_t offset)
{
    static const auto real = reinterpret_cast<Map>(dlsym(RTLD_NEXT, "mmap"));
    if ((flags & MAP_ANONYMOUS) != 0 && refuses_size("REFUSE_MAPPING", length)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return real(address, length, protection, flags, file, offset);
}
