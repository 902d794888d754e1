#include "linalg/block_cyclic.hpp"

#include <algorithm>

namespace specsweep::linalg {

std::int64_t BlockCyclicAxis::extent(std::int64_t part, std::int64_t count) const
{
    const std::int64_t whole_blocks = count / nb_;
    const std::int64_t rounds = whole_blocks / parts_;
    const std::int64_t extra = whole_blocks % parts_;  // parts before it have one whole block more
    std::int64_t result = rounds * nb_;
    if (part < extra)
        result += nb_;
    else if (part == extra)
        result += count % nb_;
    return result;
}

GridShape nearest_square(int ranks)
{
    int rows = 1;
    for (int r = 1; r * r <= ranks; ++r)
        if (ranks % r == 0)
            rows = r;
    return {rows, ranks / rows};
}

}  // namespace specsweep::linalg
