#include "base/memory.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include "base/text.hpp"

namespace specsweep {
namespace {

/// The first bytes of a file of /proc, in one read: a whole pass through a stream costs as much as a small unit's
/// writes.
std::string_view start_of(const char* file, std::span<char> buffer)
{
    const int handle = ::open(file, O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return {};
    const ssize_t bytes = ::read(handle, buffer.data(), buffer.size());
    ::close(handle);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(bytes, 0))};
}

/// "VmHWM:     1234 kB" → bytes
std::int64_t kilobyte_line(const char* file, std::string_view key)
{
    std::array<char, 4096> buffer{};
    const std::string_view text = start_of(file, buffer);
    const std::size_t found = text.find(key);
    if (found == std::string_view::npos)
        return 0;
    const std::string_view value = trim(text.substr(found + key.size(), text.find('\n', found) - found - key.size()));
    return parse_integer(value.substr(0, value.find(' '))).value_or(0) * 1024;
}

std::int64_t number_in(const char* file)
{
    std::ifstream stream(file);
    std::string text;
    std::getline(stream, text);
    return parse_integer(trim(text)).value_or(0);
}

/// The number beside a name in a file of "name number" lines; 0 when it is not there.
std::int64_t word_in(const char* file, std::string_view wanted)
{
    std::ifstream stream(file);
    std::string name;
    for (std::int64_t value = 0; stream >> name >> value;)
        if (name == wanted)
            return value;
    return 0;
}

}  // namespace

std::int64_t peak_resident_bytes()
{
    // The kernel writes all of /proc/self/status for one line of it: as dear as writing a small unit. ru_maxrss comes
    // cheaply, but is max(VmHWM, what the process had before exec); where it equals the VmHWM read last, that holds.
    static thread_local std::int64_t known = -1;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_maxrss * std::int64_t{1024} == known)
        return known;
    known = kilobyte_line("/proc/self/status", "VmHWM:");
    return known;
}

std::int64_t available_bytes()
{
    const std::int64_t machine = kilobyte_line("/proc/meminfo", "MemAvailable:");
    const std::int64_t limit = number_in("/sys/fs/cgroup/memory.max");  // "max" reads as 0: no limit
    // Pages of files are counted, but given back when somebody needs the room.
    const std::int64_t pages =
        word_in("/sys/fs/cgroup/memory.stat", "active_file") + word_in("/sys/fs/cgroup/memory.stat", "inactive_file");
    const std::int64_t used = std::max<std::int64_t>(number_in("/sys/fs/cgroup/memory.current") - pages, 0);
    return limit > 0 ? std::min(machine, std::max<std::int64_t>(limit - used, 0)) : machine;
}

}  // namespace specsweep
