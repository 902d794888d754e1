#include "mpi/error.hpp"

#include <mpi.h>

#include <array>
#include <string>

#include "base/error.hpp"

namespace specsweep::mpi {

void check(int result, std::string_view call)
{
    if (result == MPI_SUCCESS)
        return;
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    std::string why = "error code " + std::to_string(result);
    if (MPI_Error_string(result, text.data(), &length) == MPI_SUCCESS)
        why.assign(text.data(), static_cast<std::size_t>(length));
    throw InternalError(std::string(call) + " failed", why);
}

}  // namespace specsweep::mpi
