#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json_forward.hpp"

namespace specsweep::results {

struct Finding {
    std::string check;  ///< "crc", "static-crc", "sweep-hash", "spectrum", "energy", "weyl", "mirsky", "derived", …
    std::int64_t row = -1;  ///< of the file's /units; −1: the file as a whole
    std::string unit;       ///< "checkpoint matrix quantizer"
    std::string description;
};

struct Verification {
    std::filesystem::path file;
    std::int64_t units = 0, done = 0, failed = 0, pending = 0;
    std::int64_t checks = 0;  ///< single comparisons made
    bool complete = false;
    std::vector<Finding> findings;

    /// 0 nothing off; 65 something is.
    ExitCode exit_code() const { return findings.empty() ? ExitCode::complete : ExitCode::bad_input; }
};

/// CRCs, the plan's hash, and the self-checks of architecture.md §4.4 again, from the file alone. Reads only. A
/// truncated or unreadable file is a finding, not an exception. @throws IoError when there is no such file.
Verification verify(const std::filesystem::path&);

Json to_json(const Verification&);
std::string to_text(const Verification&);

}  // namespace specsweep::results
