#include "base/memory.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include "base/text.hpp"

namespace specsweep {
namespace {

/// "VmHWM:     1234 kB" → bytes
std::int64_t kilobyte_line(const char* file, const std::string& key)
{
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(key + ":")) {
            const std::string_view value = trim(std::string_view(line).substr(key.size() + 1));
            return parse_integer(value.substr(0, value.find(' '))).value_or(0) * 1024;
        }
    return 0;
}

std::int64_t number_in(const char* file)
{
    std::ifstream stream(file);
    std::string text;
    std::getline(stream, text);
    return parse_integer(trim(text)).value_or(0);
}

}  // namespace

std::int64_t peak_resident_bytes()
{
    return kilobyte_line("/proc/self/status", "VmHWM");
}

std::int64_t available_bytes()
{
    const std::int64_t machine = kilobyte_line("/proc/meminfo", "MemAvailable");
    const std::int64_t limit = number_in("/sys/fs/cgroup/memory.max");  // "max" reads as 0: no limit
    const std::int64_t used = number_in("/sys/fs/cgroup/memory.current");
    return limit > 0 ? std::min(machine, std::max<std::int64_t>(limit - used, 0)) : machine;
}

}  // namespace specsweep
