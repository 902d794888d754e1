#include "base/processors.hpp"

#include <sched.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace specsweep {
namespace {

/// A hierarchy that may hold a quota, as proc/self/mountinfo tells it (proc(5)).
struct Hierarchy {
    bool is_v2 = false;
    std::string shown;  ///< the group that lies at the mount point
    std::string mount_point;
};

bool has_item(std::string_view list, std::string_view wanted)
{
    const std::vector<std::string> items = split(list, ',');
    return std::ranges::find(items, wanted) != items.end();
}

/// "36 35 0:30 /group /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw"
std::optional<Hierarchy> hierarchy_of(const std::string& line)
{
    std::istringstream words(line);
    std::string word, shown, mount_point, type, source, options;
    words >> word >> word >> word >> shown >> mount_point;
    while (words >> word && word != "-") {
    }
    words >> type >> source >> options;
    if (type == "cgroup2")
        return Hierarchy{true, shown, mount_point};
    if (type == "cgroup" && has_item(options, "cpu"))
        return Hierarchy{false, shown, mount_point};
    return std::nullopt;
}

/// The process's group in a hierarchy: "0::/group" of v2, "4:cpu,cpuacct:/group" of v1 (cgroups(7)).
std::string group_in(const Hierarchy& hierarchy, const std::filesystem::path& groups)
{
    std::ifstream lines(groups);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos)
            continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        if (hierarchy.is_v2 ? controllers.empty() : has_item(controllers, "cpu"))
            return line.substr(second + 1);
    }
    return "/";
}

/// The group's path below the mount point; that itself where the group lies outside what is shown.
std::filesystem::path below_mount(const Hierarchy& hierarchy, const std::string& group)
{
    const std::filesystem::path relative = std::filesystem::path(group).lexically_relative(hierarchy.shown);
    const bool is_outside = relative.empty() || *relative.begin() == "..";
    return is_outside ? std::filesystem::path(".") : relative;
}

std::string first_line(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

/// Quota over period; no number ("max", -1, a missing file) means none.
std::optional<double> quota_of(const std::filesystem::path& group, bool is_v2)
{
    std::string text = first_line(group / (is_v2 ? "cpu.max" : "cpu.cfs_quota_us"));
    if (!is_v2)
        text += " " + first_line(group / "cpu.cfs_period_us");
    std::istringstream numbers(text);
    double quota = 0, period = 0;
    if (numbers >> quota >> period && quota > 0 && period > 0)
        return quota / period;
    return std::nullopt;
}

int processors_of_affinity()
{
    std::array<cpu_set_t, 16> mask{};  // 16384 processors: twice what Linux can be built for
    if (::sched_getaffinity(0, sizeof mask, mask.data()) != 0)
        return 1;
    return std::max(1, CPU_COUNT_S(sizeof mask, mask.data()));
}

}  // namespace

std::optional<double> processor_quota(const std::filesystem::path& root)
{
    std::optional<double> least;
    std::ifstream mounts(root / "proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
        const std::optional<Hierarchy> hierarchy = hierarchy_of(line);
        if (!hierarchy)
            continue;
        const std::filesystem::path top = root / std::filesystem::path(hierarchy->mount_point).relative_path();
        std::filesystem::path group = top;
        const auto look = [&] {
            if (const auto quota = quota_of(group, hierarchy->is_v2))
                least = std::min(least.value_or(*quota), *quota);
        };
        look();
        for (const auto& part : below_mount(*hierarchy, group_in(*hierarchy, root / "proc/self/cgroup"))) {
            group /= part;
            look();
        }
    }
    return least;
}

int usable_processors()
{
    const int by_affinity = processors_of_affinity();
    const std::optional<double> quota = processor_quota();
    return quota ? static_cast<int>(std::min<double>(by_affinity, std::max(1.0, std::ceil(*quota)))) : by_affinity;
}

}  // namespace specsweep
