// Ends in the way its argument names. Not a test: session_test.py runs it.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string_view>

#include "base/error.hpp"
#include "mpi/agreement.hpp"
#include "mpi/collectives.hpp"
#include "mpi/session.hpp"

namespace {

using specsweep::mpi::Communicator;

/// What MPI_Init left behind: settings in the environment, a daemon as a child.
void show_settings()
{
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (std::string_view(*variable).starts_with("OMPI_MCA_"))
            std::printf("%s\n", *variable);
    if (::waitpid(-1, nullptr, WNOHANG) == 0)
        std::puts("a daemon");
}

/// The last rank fails; the others wait for it in a collective.
void work(std::string_view how)
{
    const Communicator world = Communicator::world();
    const bool culprit = world.rank() == world.size() - 1;
    if (how == "settings")
        show_settings();
    if (how == "alone" && culprit)
        throw std::runtime_error("nobody else knows of this");
    if (how == "abort" && culprit)
        specsweep::mpi::abort_all_ranks(specsweep::ExitCode::io, "the disk of this rank is gone");
    specsweep::mpi::run_agreed(world, [&] {
        if (how == "agreed" && culprit)
            throw specsweep::InputError("config.json is broken");
    });
    specsweep::mpi::barrier(world);
}

int run(int argc, char** argv)
{
    const specsweep::mpi::Session session(argc, argv);
    try {
        work(argc > 1 ? argv[1] : "");
    } catch (const specsweep::Error& error) {
        if (Communicator::world().is_root())
            std::fprintf(stderr, "%s\n", error.what());
        return static_cast<int>(error.code());
    }
    if (Communicator::world().is_root())
        std::printf("%d ranks\n", Communicator::world().size());
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 70;
    }
}
