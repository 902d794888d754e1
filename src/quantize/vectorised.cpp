#include "quantize/vectorised.hpp"

#include <algorithm>
#include <atomic>

namespace specsweep::quantize {

namespace {

VectorLevel machine_level()
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
        __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0)
        return VectorLevel::avx512;
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 ? VectorLevel::avx2
                                                                                     : VectorLevel::portable;
#else
    return VectorLevel::portable;
#endif
}

std::atomic<VectorLevel>& limit()
{
    static std::atomic<VectorLevel> value{VectorLevel::avx512};
    return value;
}

}  // namespace

VectorLevel vector_level()
{
    static const VectorLevel machine = machine_level();
    return std::min(machine, limit().load(std::memory_order_relaxed));
}

void limit_vector_level(VectorLevel level)
{
    limit().store(level, std::memory_order_relaxed);
}

}  // namespace specsweep::quantize
