#include "spectrum/tridiagonal_route.hpp"

#include "linalg/tridiagonal_reduction.hpp"
#include "spectrum/band_reduction.hpp"
#include "spectrum/bulge_chase.hpp"

namespace specsweep::spectrum {
namespace {

/// Above this order LAPACK's two stages beat its one (measured: spectra.md §9).
constexpr std::int64_t lapack_two_stages_from = 2560;

}  // namespace

void reduce_by_lapack(linalg::MatrixView a, std::span<double> diagonal, std::span<double> subdiagonal,
                      Workspace& workspace)
{
    const linalg::Scratch scratch = [&](std::int64_t count) {
        return workspace.doubles(Workspace::Slot::lapack, count);
    };
    if (a.cols < lapack_two_stages_from)
        linalg::reduce_to_tridiagonal(a, diagonal, subdiagonal, scratch);
    else
        linalg::reduce_to_tridiagonal_in_two_stages(a, diagonal, subdiagonal, scratch);
}

void reduce_in_own_two_stages(linalg::MatrixView a, std::span<double> diagonal, std::span<double> subdiagonal,
                              Workspace& workspace)
{
    const std::int64_t b = band_half_width(a.cols, widest_instruction_set());
    const BandMatrix band(a.cols, b, workspace.doubles(Workspace::Slot::band, BandMatrix::memory_needed(a.cols, b)));
    reduce_to_band(a, band, workspace.doubles(Workspace::Slot::reflectors, band_reduction_memory(a.cols, b)));
    chase_bulges(band, diagonal, subdiagonal);
}

std::int64_t own_two_stages_bytes(std::int64_t order)
{
    const std::int64_t padded = padded_order(order);
    constexpr std::int64_t widest = 16;
    return 8 * (BandMatrix::memory_needed(padded, widest) + band_reduction_memory(padded, widest));
}

}  // namespace specsweep::spectrum
