#include "spectrum/dealt_gram.hpp"

#include <algorithm>

#include "base/integer.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/matrix_product.hpp"
#include "spectrum/band_reduction.hpp"
#include "spectrum/bulge_chase.hpp"
#include "spectrum/group_band.hpp"
#include "spectrum/long_side.hpp"
#include "spectrum/peer_failure.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::MatrixView;

constexpr std::int64_t packed_ld = LongSide::piece_length + 8;
/// Columns of G that one product makes: enough to pay for what dgemm packs.
constexpr std::int64_t strip = 8 * DealtColumns::block;

MatrixView zeroed(const DealtColumns& columns, std::int64_t rank, Workspace& workspace)
{
    const std::int64_t ld = linalg::padded_leading_dimension(columns.order());
    const std::span<double> memory = workspace.doubles(Workspace::Slot::square, ld * columns.extent(rank));
    std::fill(memory.begin(), memory.end(), 0.0);
    return {memory.data(), columns.order(), columns.extent(rank), ld};
}

}  // namespace

DealtGram::DealtGram(const RankGroup& group, std::int64_t k, Workspace& workspace)
    : k_(k),
      rank_(group.comm.rank()),
      workspace_(workspace),
      gram_{group.comm, DealtColumns(padded_order(k), group.comm.size()),
            zeroed(DealtColumns(padded_order(k), group.comm.size()), group.comm.rank(), workspace)}
{
    const std::int64_t own = columns().extent(rank_);
    double* const memory = workspace.doubles(Workspace::Slot::chunk, packed_ld * (k + own)).data();
    left_ = {memory, LongSide::piece_length, k, packed_ld};
    right_ = {memory + packed_ld * k, LongSide::piece_length, own, packed_ld};
}

/// P(:, i ≥ j)ᵀ P(:, j) for the own columns j, a strip of blocks at a time: the rows below the strip's last block in
/// one product, the stairs above them block by block.
void DealtGram::add(const RawPiece& piece)
{
    const DealtColumns columns = this->columns();
    const std::int64_t own = columns.extent(rank_), block = DealtColumns::block;
    const MatrixView left = left_.block(0, 0, piece.rows, k_), right = right_.block(0, 0, piece.rows, own);
    piece.widen_columns(0, left);
    for (std::int64_t j = 0; j < own; ++j)
        std::copy_n(left.column(columns.global(rank_, j)), piece.rows, right.column(j));
    const auto multiply = [&](std::int64_t first_row, std::int64_t rows, std::int64_t j, std::int64_t cols) {
        if (rows > 0)
            linalg::multiply(1, linalg::Transpose::yes, left.block(0, first_row, piece.rows, rows),
                             linalg::Transpose::no, right.block(0, j, piece.rows, cols), 1,
                             gram_.local.block(first_row, j, rows, cols));
    };
    for (std::int64_t first = 0; first < own; first += strip) {
        const std::int64_t end = std::min(own, first + strip), last = (end - 1) / block * block;
        const std::int64_t last_row = columns.global(rank_, last);
        for (std::int64_t j = first; j < last; j += block) {
            const std::int64_t row = columns.global(rank_, j);
            multiply(row, last_row - row, j, block);
        }
        multiply(last_row, k_ - last_row, first, end - first);
    }
}

double DealtGram::largest_diagonal() const
{
    double largest = 0;
    for (std::int64_t j = 0; j < columns().extent(rank_); ++j)
        largest = std::max(largest, gram_.local(columns().global(rank_, j), j));
    return largest;
}

void DealtGram::scale(double factor)
{
    for (std::int64_t j = 0; j < columns().extent(rank_); ++j) {
        double* const column = gram_.local.column(j);
        for (std::int64_t i = columns().global(rank_, j); i < k_; ++i)
            column[i] *= factor;
    }
}

void DealtGram::reduce()
{
    const InstructionSet instructions = group_instruction_set(gram_.comm);
    const std::int64_t n = gram_.columns.order(), b = band_half_width(n, instructions);
    std::span<double> memory;
    run_together(gram_.comm, [&] {
        const std::int64_t doubles = BandMatrix::memory_needed(n, b);
        band_memory_ = pages(checked_multiply(doubles, sizeof(double)));
        band_.emplace(n, b,
                      std::span(reinterpret_cast<double*>(band_memory_.data()), static_cast<std::size_t>(doubles)));
        memory = workspace_.doubles(Workspace::Slot::reflectors, band_reduction_memory(n, b));
    });
    reduce_to_band(gram_, *band_, memory, instructions);
}

linalg::CondensedForm DealtGram::tridiagonal()
{
    const auto order = static_cast<std::size_t>(gram_.columns.order()), k = static_cast<std::size_t>(k_);
    linalg::CondensedForm form{std::vector<double>(order), std::vector<double>(order)};
    chase_bulges(*band_, form.diagonal, form.off_diagonal);
    form.diagonal.resize(k);  // what padding there was lies behind, and nothing couples it
    form.off_diagonal.resize(k - 1);
    return form;
}

std::int64_t DealtGram::most_doubles(std::int64_t k, std::int64_t ranks)
{
    const std::int64_t order = padded_order(k), ld = linalg::padded_leading_dimension(order);
    const std::int64_t own = DealtColumns(order, ranks).most();
    constexpr std::int64_t widest = 16;
    return checked_add(checked_add(checked_multiply(ld, own), checked_multiply(packed_ld, k + own)),
                       checked_add(BandMatrix::memory_needed(order, widest), band_reduction_memory(order, widest)));
}

}  // namespace specsweep::spectrum
