#include "spectrum/shared_pieces.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "mpi/collectives.hpp"
#include "spectrum/long_side.hpp"
#include "spectrum/magnitude.hpp"
#include "spectrum/peer_failure.hpp"
#include "spectrum/widen.hpp"

namespace specsweep::spectrum {
namespace {

constexpr std::int64_t piece_length = LongSide::piece_length;

template <class T>
RawPiece raw(const T* values, std::int64_t rows, std::int64_t cols, std::int64_t row_stride, std::int64_t col_stride,
             std::int64_t first_row, int exponent)
{
    RawPiece piece;
    if constexpr (std::is_same_v<T, float>)
        piece.single = values;
    else
        piece.wide = values;
    piece.rows = rows;
    piece.cols = cols;
    piece.row_stride = row_stride;
    piece.col_stride = col_stride;
    piece.first_row = first_row;
    piece.scale = std::ldexp(1.0, -exponent);
    return piece;
}

template <class T>
void broadcast_values(const mpi::Communicator& group, T* values, std::int64_t count, std::int64_t root)
{
    mpi::broadcast_bytes(group, std::as_writable_bytes(std::span<T>(values, static_cast<std::size_t>(count))),
                         static_cast<int>(root));
}

/// Rows of the short side of a wide matrix that a rank reads: its panels of 256.
std::int64_t rows_of_rank(std::int64_t rows, std::int64_t rank, std::int64_t ranks)
{
    return linalg::BlockCyclicAxis(rows, piece_length, ranks).extent(rank);
}

std::int64_t store_columns(std::int64_t my_rows, std::int64_t cols, std::int64_t element_bytes)
{
    constexpr std::int64_t store_bytes = std::int64_t{256} << 20;
    const std::int64_t fitting = store_bytes / std::max<std::int64_t>(1, my_rows * element_bytes);
    const std::int64_t whole_pieces = fitting / piece_length * piece_length;
    return std::min(cols, std::max(piece_length, whole_pieces));
}

}  // namespace

void RawPiece::widen_columns(std::int64_t first, linalg::MatrixView out) const
{
    const std::int64_t at = first * col_stride;
    if (single != nullptr)
        row_stride == 1 ? widen(single + at, col_stride, out) : widen_transposed(single + at, row_stride, out);
    else
        row_stride == 1 ? widen(wide + at, col_stride, scale, out)
                        : widen_transposed(wide + at, row_stride, scale, out);
}

SharedPieces::SharedPieces(PanelSource& source, const mpi::Communicator& group, Workspace& workspace)
    : source_(source),
      group_(group),
      workspace_(workspace),
      length_(std::max(source.rows(), source.cols())),
      width_(std::min(source.rows(), source.cols()))
{
    if (width_ <= 0)
        throw InputError(fmt::format("a {} x {} matrix has no spectrum", source.rows(), source.cols()),
                         "one of its sides is empty");
    if (source.needs_double())
        exponent_ = find_exponent();
}

std::int64_t SharedPieces::pieces() const
{
    return divide_up(length_, piece_length);
}

void SharedPieces::for_each(const Visitor& visit)
{
    const bool tall = source_.rows() >= source_.cols();
    if (source_.needs_double())
        tall ? visit_rows<double>(visit) : visit_columns<double>(visit);
    else
        tall ? visit_rows<float>(visit) : visit_columns<float>(visit);
}

template <class T>
void SharedPieces::visit_rows(const Visitor& visit)
{
    const std::int64_t size = checked_multiply(std::min(piece_length, length_), width_);
    T *mine = nullptr, *others = nullptr;
    run_together(group_, [&] {
        mine = workspace_.elements<T>(Workspace::Slot::panel, size).data();
        others = workspace_.elements<T>(Workspace::Slot::column_store, size).data();
    });
    const auto rows_of = [&](std::int64_t piece) { return std::min(piece_length, length_ - piece * piece_length); };
    const std::int64_t ranks = group_.size();
    for (std::int64_t round = 0; round < pieces(); round += ranks) {
        const std::int64_t own = round + group_.rank();
        run_together(group_, [&] {
            if (own < pieces())
                source_.read(own * piece_length, rows_of(own), mine);
        });
        for (std::int64_t piece = round; piece < std::min(round + ranks, pieces()); ++piece) {
            T* const values = piece == own ? mine : others;
            broadcast_values(group_, values, rows_of(piece) * width_, piece - round);
            visit(raw<T>(values, rows_of(piece), width_, width_, 1, piece * piece_length, exponent_));
        }
    }
}

template <class T>
void SharedPieces::visit_columns(const Visitor& visit)
{
    const std::int64_t ranks = group_.size();
    const std::int64_t my_rows = rows_of_rank(width_, group_.rank(), ranks);
    const std::int64_t capacity = store_columns(rows_of_rank(width_, 0, ranks), length_, sizeof(T));
    const std::int64_t count = std::min(piece_length, length_);
    const std::int64_t piece_size = checked_multiply(width_, count);
    T *store = nullptr, *piece = nullptr;
    run_together(group_, [&] {
        store = workspace_.elements<T>(Workspace::Slot::column_store, checked_multiply(my_rows, capacity)).data();
        piece = workspace_.elements<T>(Workspace::Slot::reflectors, piece_size + piece_length * piece_length).data();
    });
    for (std::int64_t start = 0; start < length_; start += capacity) {
        const std::int64_t stored = std::min(capacity, length_ - start);
        run_together(group_, [&] { fill_store(store, start, stored); });
        for (std::int64_t first = 0; first < stored; first += piece_length) {
            const std::int64_t columns = std::min(piece_length, stored - first);
            assemble(store, stored, first, columns, piece, piece + piece_size);
            visit(raw<T>(piece, columns, width_, 1, columns, start + first, exponent_));
        }
    }
}

/// The columns [first, first + count) of this rank's rows.
template <class T>
void SharedPieces::fill_store(T* store, std::int64_t first_column, std::int64_t column_count)
{
    const linalg::BlockCyclicAxis rows(width_, piece_length, group_.size());
    for (std::int64_t local = 0; local < rows.extent(group_.rank()); local += piece_length) {
        const std::int64_t first = rows.global(group_.rank(), local);
        const std::int64_t count = std::min(piece_length, width_ - first);
        T* const panel = workspace_.elements<T>(Workspace::Slot::panel, count * length_).data();
        source_.read(first, count, panel);
        for (std::int64_t i = 0; i < count; ++i)
            std::copy_n(panel + i * length_ + first_column, column_count, store + (local + i) * column_count);
    }
}

/// piece[row·count + c] for all rows, panel after panel from the rank that has it.
template <class T>
void SharedPieces::assemble(const T* store, std::int64_t stored, std::int64_t first, std::int64_t count, T* piece,
                            T* panel)
{
    const linalg::BlockCyclicAxis rows(width_, piece_length, group_.size());
    for (std::int64_t row = 0; row < width_; row += piece_length) {
        const std::int64_t height = std::min(piece_length, width_ - row);
        if (rows.owner(row) == group_.rank())
            for (std::int64_t i = 0; i < height; ++i)
                std::copy_n(store + (rows.local(row) + i) * stored + first, count, panel + i * count);
        broadcast_values(group_, panel, height * count, rows.owner(row));
        std::copy_n(panel, height * count, piece + row * count);
    }
}

int SharedPieces::find_exponent()
{
    const linalg::BlockCyclicAxis panels(source_.rows(), piece_length, group_.size());
    double largest = 0;
    run_together(group_, [&] {
        for (std::int64_t local = 0; local < panels.extent(group_.rank()); local += piece_length) {
            const std::int64_t first = panels.global(group_.rank(), local);
            const std::int64_t count = std::min(piece_length, source_.rows() - first);
            const std::int64_t size = checked_multiply(count, source_.cols());
            double* const panel = workspace_.doubles(Workspace::Slot::panel, size).data();
            source_.read(first, count, panel);
            largest = larger_magnitude(largest, panel, size);
        }
    });
    return scaling_exponent(mpi::all_max(group_, largest));
}

std::int64_t SharedPieces::buffer_bytes(std::int64_t rows, std::int64_t cols, std::int64_t ranks)
{
    constexpr std::int64_t single = sizeof(float);
    const std::int64_t panel = checked_multiply(std::min(piece_length, rows) * single, cols);
    if (rows >= cols)
        return 2 * panel;
    const std::int64_t my_rows = rows_of_rank(rows, 0, ranks);
    const std::int64_t store = checked_multiply(my_rows * single, store_columns(my_rows, cols, single));
    return checked_add(panel, checked_add(store, (rows + piece_length) * piece_length * single));
}

void add_energy(const RawPiece& piece, SquareSum& energy)
{
    const std::int64_t count = piece.rows * piece.cols;
    if (piece.single != nullptr) {
        energy.add_values(piece.single, count);
        return;
    }
    double scaled[piece_length];
    for (std::int64_t i = 0; i < count; i += piece_length) {
        const std::int64_t terms = std::min(piece_length, count - i);
        for (std::int64_t t = 0; t < terms; ++t)
            scaled[t] = piece.wide[i + t] * piece.scale;
        energy.add_values(scaled, terms);
    }
}

}  // namespace specsweep::spectrum
