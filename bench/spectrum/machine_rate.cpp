#include "bench/spectrum/machine_rate.hpp"

#include <algorithm>
#include <vector>

#include "bench/spectrum/cpu_stopwatch.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/matrix_product.hpp"

namespace specsweep::bench {

double gemm_rate(std::int64_t n)
{
    const std::int64_t ld = linalg::padded_leading_dimension(n);
    const auto size = static_cast<std::size_t>(ld * n);
    std::vector<double> a(size, 1.0 / 3), b(size, 2.0 / 3), c(size, 0.0);
    const double flops = 2.0 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
    double best = 0;
    for (int repeat = 0; repeat < 3; ++repeat) {
        const CpuStopwatch watch;
        linalg::multiply(1, linalg::Transpose::no, {a.data(), n, n, ld}, linalg::Transpose::no, {b.data(), n, n, ld}, 0,
                         {c.data(), n, n, ld});
        best = std::max(best, flops / watch.seconds());
    }
    return best;
}

}  // namespace specsweep::bench
