#include "results/read_ahead.hpp"

#include "base/processors.hpp"

namespace specsweep::results {

std::size_t reading_threads()
{
    constexpr std::size_t most = 4;
    return std::min(static_cast<std::size_t>(usable_processors()), most);
}

}  // namespace specsweep::results
