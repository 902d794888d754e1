#pragma once

#include <filesystem>
#include <string>

#include "base/json_forward.hpp"
#include "base/stopwatch.hpp"

namespace specsweep::bench {

/// Wall and processor time since the last call, into `row` as NAME_seconds and NAME_cpu_seconds. On a busy machine the
/// second one tells what the work costs.
class Lap {
public:
    Lap() { restart(); }
    void restart();
    void note(Json& row, const std::string& name);

private:
    Stopwatch wall_;
    double cpu_ = 0;
};

/// A folder below the system's temporary one, removed at the end.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace specsweep::bench
