// LD_PRELOAD: every write at a position takes SLOW_WRITES_MS milliseconds longer. Parallel HDF5 writes that way.
#include <dlfcn.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace {

void dawdle()
{
    static const char* const text = std::getenv("SLOW_WRITES_MS");
    static const int milliseconds = text == nullptr ? 0 : std::atoi(text);
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

template <class Function>
Function* original(const char* name)
{
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset)
{
    static auto* const real = original<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    dawdle();
    return real(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset)
{
    static auto* const real = original<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    dawdle();
    return real(file, bytes, count, offset);
}

ssize_t pwritev(int file, const iovec* parts, int count, off_t offset)
{
    static auto* const real = original<ssize_t(int, const iovec*, int, off_t)>("pwritev");
    dawdle();
    return real(file, parts, count, offset);
}

ssize_t pwritev64(int file, const iovec* parts, int count, off64_t offset)
{
    static auto* const real = original<ssize_t(int, const iovec*, int, off64_t)>("pwritev64");
    dawdle();
    return real(file, parts, count, offset);
}
}
