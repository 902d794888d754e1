#pragma once

#include <string>

namespace specsweep::cli {

/// What was built; the file behind it is written by cmake/Revision.cmake at every build.
struct Revision {
    std::string version;
    std::string commit;  ///< git revision, or "unknown" outside a clone
    bool dirty;          ///< tracked files differed from that revision
};

const Revision& revision();

}  // namespace specsweep::cli
