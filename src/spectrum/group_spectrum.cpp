#include "spectrum/group_spectrum.hpp"

#include <algorithm>

#include "base/integer.hpp"
#include "linalg/distributed_matrix.hpp"
#include "linalg/distributed_reduction.hpp"
#include "spectrum/begun_spectrum.hpp"
#include "spectrum/dealt_gram.hpp"
#include "spectrum/shared_pieces.hpp"

namespace specsweep::spectrum {

Spectrum compute_group_spectrum(PanelSource& source, const SpectrumRequest& request, const RankGroup& group,
                                Workspace& workspace)
{
    BegunSpectrum begun(source, request, group, workspace);
    BegunSpectrum* const alone = &begun;
    find_values({&alone, 1});
    if (auto found = begun.finish())
        return *std::move(found);
    SpectrumRequest accurate = request;
    accurate.method = Method::group_qr;
    return compute_group_spectrum(source, accurate, group, workspace);
}

std::int64_t group_block_size(std::int64_t order)
{
    return order >= 2048 ? 64 : 32;
}

std::int64_t group_working_set_bytes(std::int64_t rows, std::int64_t cols, int ranks)
{
    const std::int64_t k = std::min(rows, cols), length = std::max(rows, cols);
    const std::int64_t nb = group_block_size(k);
    const linalg::GridShape shape = linalg::nearest_square(ranks);
    const std::int64_t gram = checked_add(linalg::DistributedMatrix::most_local_elements(shape, k, k, nb),
                                          linalg::tridiagonal_workspace(shape, k, nb));
    const std::int64_t stack = linalg::DistributedMatrix::most_local_elements(shape, std::min(2 * k, length), k, nb);
    const std::int64_t local_sides = divide_up<std::int64_t>(k, shape.rows) + divide_up<std::int64_t>(k, shape.cols);
    constexpr std::int64_t vectors = 230;  // spectra, Sturm samples, workspaces of nb columns
    const std::int64_t scalapack = checked_add(std::max(gram, stack), 264 * (local_sides + 2 * nb));
    const std::int64_t doubles = checked_add(std::max(scalapack, DealtGram::most_doubles(k, ranks)), vectors * k);
    return checked_add(checked_multiply(doubles, 8), SharedPieces::buffer_bytes(rows, cols, ranks));
}

}  // namespace specsweep::spectrum
