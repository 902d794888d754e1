#pragma once

#include <string>
#include <vector>

namespace specsweep::mpi {

/// Settings of Open MPI for a process that no launcher started, while it lives: no daemon beside the process, no search
/// for networks that one rank does not need. Starting MPI then takes hundredths of a second instead of a third, and no
/// network of a login node is touched.
///
/// They go into the environment, which is all that MPI_Init reads; another MPI library ignores them. What the user has
/// set stays as it is, and the destructor takes its own away again: a job submitted from this process must not inherit
/// them. Only one stays, which is read later and does no harm to a job: no shared file pointers in a session folder.
/// Under a launcher it does nothing. Make it while the process has one thread.
class SingletonSettings {
public:
    SingletonSettings();
    ~SingletonSettings();
    SingletonSettings(const SingletonSettings&) = delete;
    SingletonSettings& operator=(const SingletonSettings&) = delete;

private:
    std::vector<std::string> set_;
};

}  // namespace specsweep::mpi
