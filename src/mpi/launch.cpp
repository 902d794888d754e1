#include "mpi/launch.hpp"

#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace specsweep::mpi {

namespace {

/// A whole number of the environment, at least `least`.
std::optional<int> environment_number(const char* name, int least)
{
    const char* variable = std::getenv(name);
    if (variable == nullptr)
        return std::nullopt;
    const std::string_view text(variable);
    int number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || number < least)
        return std::nullopt;
    return number;
}

}  // namespace

std::optional<int> launched_ranks_hint()
{
    return environment_number("SLURM_STEP_NUM_TASKS", 1);
}

std::optional<int> launched_rank()
{
    for (const char* name : {"PMIX_RANK", "PMI_RANK", "SLURM_PROCID"})
        if (const auto rank = environment_number(name, 0))
            return rank;
    return std::nullopt;
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
