#include "spectrum/band_reduction.hpp"

#include "base/error.hpp"
#include "base/integer.hpp"
#include "spectrum/fused_kernels.hpp"

namespace specsweep::spectrum {

std::int64_t band_half_width(std::int64_t order, InstructionSet instructions)
{
    return instructions == InstructionSet::avx512 && order >= 1024 ? 16 : 8;
}

std::int64_t padded_order(std::int64_t order)
{
    return round_up<std::int64_t>(order, 16);
}

std::int64_t band_reduction_memory(std::int64_t padded, std::int64_t half_width)
{
    return checked_multiply(8 * half_width, padded);
}

void reduce_to_band(linalg::MatrixView a, const BandMatrix& band, std::span<double> memory, InstructionSet instructions)
{
    const std::int64_t b = band.half_width();
    const bool wide = instructions == InstructionSet::avx512;
    if (a.rows != a.cols || a.cols % 16 != 0 || band.order() != a.cols || (b != 8 && (b != 16 || !wide)) ||
        std::ssize(memory) < band_reduction_memory(a.cols, b))
        throw InternalError("shapes of a band reduction do not fit");
    run_fused_on(instructions, WholeMatrix(a), band, memory.data());
}

}  // namespace specsweep::spectrum
