#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace specsweep::run {

/// Another run holds the lease, and lives. Exit 75: nothing is wrong, and nothing was done.
class LeaseHeld : public Error {
public:
    LeaseHeld(std::string problem, std::string why, std::string suggestion)
        : Error(ExitCode::stopped, std::move(problem), std::move(why), std::move(suggestion))
    {
    }
};

/// Seconds of a lease's life.
struct LeaseTimes {
    double beat = 10;   ///< between two signs of life
    double stale = 60;  ///< without one the holder counts as dead
};

/// One run at a time on one shard file, across nodes and file systems that know no locks: a hidden file beside it
/// (`.shard-0007.h5.lease`), made with O_CREAT | O_EXCL, whose time of change a thread renews.
///
/// A lease that is there is
///   dead at once      when its holder ran on this machine and is no process any more, or when it is older, by the
///   clock
///                     of the file system, than `stale`
///   dead later        when it does not change while it is watched for `stale` seconds by the own clock
///   held              otherwise
/// A dead one is renamed away and, if it is still the one that was looked at, removed. A holder that finds its lease
/// taken (it was frozen for long) asks its run to stop; what both wrote is the same, so nothing is lost by it.
class Lease {
public:
    /// Waits up to `wait_seconds` for a lease that is held.
    /// @param lost called from the thread of the lease when it was taken by somebody else.
    /// @throws LeaseHeld;  IoError when the folder cannot be written.
    Lease(const std::filesystem::path& target, double wait_seconds, std::function<void()> lost, LeaseTimes times = {});
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    static std::filesystem::path file_of(const std::filesystem::path& target);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace specsweep::run
