#include "run/lease_holder.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace specsweep::run {
namespace {

std::string first_line(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// Boot of the kernel and the space of process numbers (containers have their own).
std::string this_machine()
{
    std::error_code ignored;
    return first_line("/proc/sys/kernel/random/boot_id") + " " +
           std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
}

/// Field 22 of /proc/PID/stat; empty when there is no such process, or a dead one that nobody has waited for.
std::string start_of(long process)
{
    const std::string line = first_line(fmt::format("/proc/{}/stat", process));
    const std::size_t name_end = line.rfind(')');  // the name may hold anything
    if (name_end == std::string::npos)
        return {};
    const std::vector<std::string> fields = split(line.substr(name_end + 2), ' ');
    constexpr std::size_t state = 0;
    constexpr std::size_t start = 19;
    if (fields.size() <= start || fields[state] == "Z" || fields[state] == "X")
        return {};
    return fields[start];
}

std::string slurm_job()
{
    const char* array = std::getenv("SLURM_ARRAY_JOB_ID");
    const char* task = std::getenv("SLURM_ARRAY_TASK_ID");
    if (array != nullptr && task != nullptr)
        return fmt::format("{}_{}", array, task);
    const char* job = std::getenv("SLURM_JOB_ID");
    return job == nullptr ? "" : job;
}

}  // namespace

LeaseHolder LeaseHolder::self()
{
    std::random_device random;
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0)
        host[0] = '\0';
    LeaseHolder holder;
    holder.id = fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
    holder.machine = this_machine();
    holder.host = host.data();
    holder.job = slurm_job();
    holder.process = ::getpid();
    holder.process_start = start_of(holder.process);
    return holder;
}

std::string LeaseHolder::text() const
{
    return Json{{"id", id},   {"machine", machine}, {"host", host},
                {"job", job}, {"process", process}, {"process_start", process_start}}
               .dump() +
           "\n";
}

std::optional<LeaseHolder> LeaseHolder::parse(const std::string& text)
{
    try {
        const Json document = Json::parse(text);
        LeaseHolder holder;
        holder.id = document.at("id").get<std::string>();
        holder.machine = document.at("machine").get<std::string>();
        holder.host = document.at("host").get<std::string>();
        holder.job = document.at("job").get<std::string>();
        holder.process = document.at("process").get<long>();
        holder.process_start = document.at("process_start").get<std::string>();
        return holder;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

std::string LeaseHolder::title() const
{
    return fmt::format("process {} on {}{}", process, host, job.empty() ? "" : ", job " + job);
}

bool LeaseHolder::is_gone() const
{
    return machine == this_machine() && !process_start.empty() && start_of(process) != process_start;
}

}  // namespace specsweep::run
