#include "spectrum/long_side.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "spectrum/magnitude.hpp"
#include "spectrum/widen.hpp"

namespace specsweep::spectrum {
namespace {

// Room between the columns of a piece: 256 doubles would put every column into the same cache sets.
constexpr std::int64_t piece_ld = LongSide::piece_length + 8;

std::int64_t store_columns(std::int64_t rows, std::int64_t cols, std::int64_t element_bytes)
{
    const std::int64_t fitting = LongSide::store_bytes / checked_multiply(rows, element_bytes);
    const std::int64_t whole_pieces = fitting / LongSide::piece_length * LongSide::piece_length;
    return std::min(cols, std::max(LongSide::piece_length, whole_pieces));
}

}  // namespace

LongSide::LongSide(PanelSource& source, Workspace& workspace)
    : source_(source),
      workspace_(workspace),
      length_(std::max(source.rows(), source.cols())),
      width_(std::min(source.rows(), source.cols()))
{
    if (width_ <= 0)
        throw InputError(fmt::format("a {} x {} matrix has no spectrum", source.rows(), source.cols()),
                         "one of its sides is empty");
    if (source.needs_double()) {
        exponent_ = find_exponent();
        scale_ = std::ldexp(1.0, -exponent_);
    }
}

std::int64_t LongSide::pieces() const
{
    return divide_up(length_, piece_length);
}

void LongSide::for_each_piece(const Visitor& visit)
{
    const bool tall = source_.rows() >= source_.cols();
    if (source_.needs_double())
        tall ? visit_rows<double>(visit) : visit_columns<double>(visit);
    else
        tall ? visit_rows<float>(visit) : visit_columns<float>(visit);
}

template <class T>
void LongSide::visit_rows(const Visitor& visit)
{
    const std::span<T> panel = workspace_.elements<T>(Workspace::Slot::panel, std::min(piece_length, length_) * width_);
    for (std::int64_t first = 0; first < length_; first += piece_length) {
        const std::int64_t count = std::min(piece_length, length_ - first);
        source_.read(first, count, panel.data());
        const linalg::MatrixView piece = piece_view(count);
        if constexpr (std::is_same_v<T, float>)
            widen_transposed(panel.data(), width_, piece);
        else
            widen_transposed(panel.data(), width_, scale_, piece);
        visit(piece);
    }
}

template <class T>
void LongSide::visit_columns(const Visitor& visit)
{
    const std::int64_t capacity = store_columns(width_, length_, sizeof(T));
    T* const store = workspace_.elements<T>(Workspace::Slot::column_store, checked_multiply(width_, capacity)).data();
    for (std::int64_t start = 0; start < length_; start += capacity) {
        const std::int64_t stored = std::min(capacity, length_ - start);
        fill_store(store, start, stored);
        for (std::int64_t first = 0; first < stored; first += piece_length) {
            const linalg::MatrixView piece = piece_view(std::min(piece_length, stored - first));
            if constexpr (std::is_same_v<T, float>)
                widen(store + first, stored, piece);
            else
                widen(store + first, stored, scale_, piece);
            visit(piece);
        }
    }
}

/// store[r·column_count + c] = W(r, first_column + c).
template <class T>
void LongSide::fill_store(T* store, std::int64_t first_column, std::int64_t column_count)
{
    for (std::int64_t first = 0; first < width_; first += piece_length) {
        const std::int64_t count = std::min(piece_length, width_ - first);
        if (column_count == length_) {
            source_.read(first, count, store + first * length_);
            continue;
        }
        T* const panel = workspace_.elements<T>(Workspace::Slot::panel, count * length_).data();
        source_.read(first, count, panel);
        for (std::int64_t i = 0; i < count; ++i)
            std::copy_n(panel + i * length_ + first_column, column_count, store + (first + i) * column_count);
    }
}

linalg::MatrixView LongSide::piece_view(std::int64_t piece_rows)
{
    return {workspace_.doubles(Workspace::Slot::chunk, checked_multiply(piece_ld, width_)).data(), piece_rows, width_,
            piece_ld};
}

int LongSide::find_exponent()
{
    const std::int64_t rows = source_.rows();
    const std::int64_t cols = source_.cols();
    double largest = 0;
    for (std::int64_t first = 0; first < rows; first += piece_length) {
        const std::int64_t count = std::min(piece_length, rows - first);
        const std::span<double> panel = workspace_.doubles(Workspace::Slot::panel, std::min(piece_length, rows) * cols);
        source_.read(first, count, panel.data());
        largest = larger_magnitude(largest, panel.data(), count * cols);
    }
    return scaling_exponent(largest);
}

std::int64_t LongSide::buffer_bytes(std::int64_t rows, std::int64_t cols)
{
    const std::int64_t width = std::min(rows, cols);
    const std::int64_t piece = checked_multiply(piece_ld * std::int64_t{sizeof(double)}, width);
    const std::int64_t panel = checked_multiply(std::min(piece_length, rows) * std::int64_t{sizeof(float)}, cols);
    if (rows >= cols)
        return checked_add(piece, panel);
    const std::int64_t stored = store_columns(rows, cols, sizeof(float));
    const std::int64_t store = checked_multiply(rows * stored, sizeof(float));
    return checked_add(piece, store + (stored < cols ? panel : 0));
}

}  // namespace specsweep::spectrum
