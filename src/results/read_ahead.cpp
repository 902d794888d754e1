#include "results/read_ahead.hpp"

namespace specsweep::results {

std::size_t readers_beside()
{
    constexpr std::size_t most = 4;
    const std::size_t processors = std::thread::hardware_concurrency();  // of the affinity mask
    return std::clamp<std::size_t>(processors - std::min<std::size_t>(processors, 1), 1, most);
}

}  // namespace specsweep::results
