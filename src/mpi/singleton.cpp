#include "mpi/singleton.hpp"

#include <array>
#include <cstdlib>
#include <utility>

#include "mpi/launch.hpp"

namespace specsweep::mpi {

namespace {

/// Names and values as `ompi_info --all` documents them.
constexpr std::array<std::pair<const char*, const char*>, 4> settings{{
    {"OMPI_MCA_ess_singleton_isolated", "1"},    // starts no orted: only MPI_Comm_spawn would need it
    {"OMPI_MCA_orte_create_session_dirs", "0"},  // such processes share one folder: one ends, and another cannot start
    {"OMPI_MCA_pml", "ob1"},  // the one that runs over any transport, so UCX and the like stay closed
    {"OMPI_MCA_btl", "self"},
}};

/// Stays set: Open MPI reads it when the first file is opened. Its shared file pointers, which nobody here uses, are
/// kept in the session folder; without one every opening would print an error.
constexpr std::pair<const char*, const char*> lasting{"OMPI_MCA_sharedfp", "^sm"};

}  // namespace

SingletonSettings::SingletonSettings()
{
    if (launched_rank())
        return;
    for (const auto& [name, value] : settings) {
        if (std::getenv(name) != nullptr)
            continue;
        set_.emplace_back(name);
        ::setenv(name, value, 0);
    }
    ::setenv(lasting.first, lasting.second, 0);
}

SingletonSettings::~SingletonSettings()
{
    for (const std::string& name : set_)
        ::unsetenv(name.c_str());
}

}  // namespace specsweep::mpi
