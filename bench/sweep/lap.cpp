#include "bench/sweep/lap.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/log.hpp"

namespace specsweep::bench {
namespace {

double processor_seconds()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

void Lap::restart()
{
    wall_.restart();
    cpu_ = processor_seconds();
}

void Lap::note(Json& row, const std::string& name)
{
    row[name + "_seconds"] = wall_.seconds();
    row[name + "_cpu_seconds"] = processor_seconds() - cpu_;
    log_info("{}: {:.2f} s, {:.2f} s of processor", name, row[name + "_seconds"].get<double>(),
             row[name + "_cpu_seconds"].get<double>());
    restart();
}

Scratch::Scratch()
{
    std::string name = (std::filesystem::temp_directory_path() / "specsweep-scale-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw IoError("cannot make a folder below " + std::filesystem::temp_directory_path().string());
    path_ = name;
}

Scratch::~Scratch()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace specsweep::bench
