#include "results/read_ahead.hpp"

namespace specsweep::results {

std::size_t reading_threads()
{
    constexpr std::size_t most = 4;
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most);  // of the affinity mask
}

}  // namespace specsweep::results
