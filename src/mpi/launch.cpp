#include "mpi/launch.hpp"

#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace specsweep::mpi {

std::optional<int> launched_ranks_hint()
{
    const char* variable = std::getenv("SLURM_STEP_NUM_TASKS");
    if (variable == nullptr)
        return std::nullopt;
    const std::string_view text(variable);
    int ranks = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), ranks);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || ranks < 1)
        return std::nullopt;
    return ranks;
}

void check_ranks(int actual, std::optional<int> expected, std::optional<int> hint)
{
    const std::string singleton =
        "start it with the mpirun or srun that belongs to the MPI library it was built with (srun --mpi=list)";
    if (expected && *expected != actual) {
        throw Error(ExitCode::wrong_ranks, "wrong number of MPI ranks",
                    "expected " + std::to_string(*expected) + ", MPI started " + std::to_string(actual),
                    actual == 1 ? singleton : "change --expect-ranks or the number of ranks");
    }
    if (!expected && actual == 1 && hint && *hint > 1) {
        throw Error(ExitCode::wrong_ranks, "this process believes to be the only MPI rank",
                    "the job step has " + std::to_string(*hint) + " tasks", singleton + ", or say --expect-ranks 1");
    }
}

}  // namespace specsweep::mpi
