#include "checkpoint/panel_reader.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"

namespace specsweep::checkpoint {
namespace {

/// Reading over a gap of this many bytes costs less than a second read.
constexpr std::int64_t short_gap_bytes = std::int64_t{64} << 10;

std::size_t as_size(std::int64_t value)
{
    return static_cast<std::size_t>(value);
}

}  // namespace

PanelReader::PanelReader(const TensorLocation& location, const Slice& slice, std::int64_t buffer_bytes)
    : location_(location),
      slice_(slice),
      file_(location.file),
      element_bytes_(bits(location.dtype) / 8),
      buffer_elements_(0)
{
    if (!is_weight(location.dtype))
        throw InputError(fmt::format("tensor {} cannot be read as numbers", location.name),
                         fmt::format("its dtype is {}", specsweep::name(location.dtype)));
    buffer_elements_ = std::max<std::int64_t>(1, buffer_bytes / element_bytes_);
    if (!fits(slice, location.shape))
        throw InputError(fmt::format("the slice '{}' does not lie inside tensor {}", slice.name, location.name),
                         fmt::format("its shape is [{}]", fmt::join(location.shape, ", ")));
    if (location.packing) {
        if (slice.orientation != Orientation::out_in || slice.first_element != 0 ||
            slice.stored_rows != location.packing->rows || slice.stored_cols != location.packing->cols)
            throw InputError(fmt::format("the slice '{}' of tensor {} cannot be read", slice.name, location.name),
                             "stored quantized matrices are [out, in], one a tensor");
        packed_ = std::make_unique<const PackedReader>(*location.packing);
        return;
    }
    std::int64_t bytes = element_bytes_;
    for (const std::int64_t extent : location.shape)
        bytes = checked_multiply(bytes, extent);
    const auto end = add_if_fits(location.offset, location.bytes);
    if (bytes != location.bytes || location.offset < 0 || !end || *end > file_.size())
        throw InputError(
            fmt::format("the bytes of tensor {} do not lie inside {}", location.name, location.file.string()),
            fmt::format("{} bytes from {}, the file has {}", location.bytes, location.offset, file_.size()),
            "has the checkpoint changed?");
}

void PanelReader::read_rows(std::int64_t first, std::int64_t count, std::span<float> out)
{
    read(first, count, out);
}

void PanelReader::read_rows(std::int64_t first, std::int64_t count, std::span<double> out)
{
    read(first, count, out);
}

template <class T>
void PanelReader::read(std::int64_t first, std::int64_t count, std::span<T> out)
{
    if (first < 0 || count < 0 || first > rows() - count || out.size() != as_size(count * cols()))
        throw InternalError(fmt::format("rows {}+{} of {} were asked for", first, count, rows()));
    if (packed_)
        decode_rows(first, count, out.data());
    else if (slice_.orientation == Orientation::out_in)
        read_stored_rows(first, count, out.data());
    else
        read_stored_columns(first, count, out.data());
}

template <class T>
void PanelReader::decode_rows(std::int64_t first, std::int64_t count, T* out) const
{
    std::vector<float> row(as_size(slice_.stored_cols));
    for (std::int64_t r = 0; r < count; ++r) {
        packed_->read_row(slice_.along(first + r), row);
        std::copy(row.begin(), row.end(), out + r * cols());
    }
}

/// How many logical rows from `first` on ascend and lie within `most_span` stored rows or columns.
std::int64_t PanelReader::rows_within(std::int64_t first, std::int64_t count, std::int64_t most_span) const
{
    const std::int64_t short_gap =
        slice_.orientation == Orientation::out_in ? short_gap_bytes / (slice_.stored_cols * element_bytes_) : most_span;
    const std::int64_t start = slice_.along(first);
    std::int64_t rows = 1;
    for (std::int64_t before = start; rows < count; ++rows) {
        const std::int64_t next = slice_.along(first + rows);
        if (next <= before || next - before - 1 > short_gap || next - start >= most_span)
            break;
        before = next;
    }
    return rows;
}

void PanelReader::load(const Window& window)
{
    window_ = {};  // nothing is held while a read may throw
    const std::int64_t bytes = window.rows * window.cols * element_bytes_;
    if (buffer_.size() < as_size(bytes))
        buffer_.resize(as_size(bytes));
    const bool whole_rows = window.cols == slice_.stored_cols;
    const std::int64_t reads = whole_rows ? 1 : window.rows;
    const std::int64_t read_bytes = bytes / reads;
    for (std::int64_t i = 0; i < reads; ++i) {
        const std::int64_t element =
            slice_.first_element + (window.first_row + i) * slice_.stored_cols + window.first_col;
        file_.read(std::span(buffer_).subspan(as_size(i * read_bytes), as_size(read_bytes)),
                   location_.offset + element * element_bytes_);
    }
    window_ = window;
}

/// Elements of the plane from [row, col] on, which stand in one row of the window or run over whole stored rows.
template <class T>
void PanelReader::widen_from_window(std::int64_t row, std::int64_t col, std::span<T> out) const
{
    const std::int64_t index = (row - window_.first_row) * window_.cols + (col - window_.first_col);
    widen(location_.dtype,
          std::span(buffer_).subspan(as_size(index * element_bytes_), out.size() * as_size(element_bytes_)), out);
}

template <class T>
void PanelReader::read_stored_rows(std::int64_t first, std::int64_t count, T* out)
{
    const std::int64_t width = slice_.stored_cols;
    const std::int64_t most_rows = std::max<std::int64_t>(1, buffer_elements_ / width);
    const std::int64_t most_cols = std::min(width, buffer_elements_);
    for (std::int64_t done = 0; done < count;) {
        const std::int64_t rows = rows_within(first + done, count - done, most_rows);
        const std::int64_t start = slice_.along(first + done);
        const std::int64_t span = slice_.along(first + done + rows - 1) - start + 1;
        for (std::int64_t col = 0; col < width; col += most_cols) {  // more than one turn: a row exceeds the buffer
            const std::int64_t cols = std::min(most_cols, width - col);
            load({.first_row = start, .rows = span, .first_col = col, .cols = cols});
            for (std::int64_t row = 0; row < rows; ++row)
                widen_from_window(slice_.along(first + done + row), col,
                                  std::span(out + (done + row) * width + col, as_size(cols)));
        }
        done += rows;
    }
}

template <class T>
void PanelReader::read_stored_columns(std::int64_t first, std::int64_t count, T* out)
{
    const std::int64_t depth = slice_.stored_rows;
    const std::int64_t last = slice_.along(rows() - 1);
    const bool plane_fits = slice_.stored_cols <= buffer_elements_ / depth;
    const std::int64_t most_cols = std::max<std::int64_t>(1, buffer_elements_ / depth);
    const std::int64_t most_depth = std::min(depth, buffer_elements_);
    for (std::int64_t done = 0; done < count;) {
        const std::int64_t lowest = slice_.along(first + done);
        if (most_depth < depth) {  // not even one column fits: piece by piece, nothing is kept
            for (std::int64_t row = 0; row < depth; row += most_depth) {
                load({.first_row = row, .rows = std::min(most_depth, depth - row), .first_col = lowest, .cols = 1});
                transpose_window(first + done, 1, out + done * depth);
            }
            ++done;
            continue;
        }
        if (window_.rows != depth || lowest < window_.first_col || lowest >= window_.first_col + window_.cols) {
            const Window columns{.first_row = 0,
                                 .rows = depth,
                                 .first_col = lowest,
                                 .cols = std::min(most_cols, std::max(lowest, last) + 1 - lowest)};
            const Window plane{.first_row = 0, .rows = depth, .first_col = 0, .cols = slice_.stored_cols};
            load(plane_fits ? plane : columns);
        }
        const std::int64_t rows = rows_within(first + done, count - done, window_.first_col + window_.cols - lowest);
        transpose_window(first + done, rows, out + done * depth);
        done += rows;
    }
}

/// Logical rows = stored columns, in tiles that stay in the first-level cache.
template <class T>
void PanelReader::transpose_window(std::int64_t first, std::int64_t count, T* out)
{
    constexpr std::int64_t tile_depth = 32;
    constexpr std::int64_t tile_rows = 64;
    std::vector<T> tile;
    for (std::int64_t row = 0; row < count; row += tile_rows) {
        const std::int64_t rows = std::min(tile_rows, count - row);
        const std::int64_t lowest = slice_.along(first + row);
        const std::int64_t span = slice_.along(first + row + rows - 1) - lowest + 1;
        tile.resize(as_size(tile_depth * span));
        for (std::int64_t start = 0; start < window_.rows; start += tile_depth) {
            const std::int64_t depth = std::min(tile_depth, window_.rows - start);
            for (std::int64_t i = 0; i < depth; ++i)
                widen_from_window(window_.first_row + start + i, lowest,
                                  std::span(tile).subspan(as_size(i * span), as_size(span)));
            for (std::int64_t r = 0; r < rows; ++r) {
                T* to = out + (row + r) * cols() + window_.first_row + start;
                const T* from = tile.data() + (slice_.along(first + row + r) - lowest);
                for (std::int64_t i = 0; i < depth; ++i)
                    to[i] = from[i * span];
            }
        }
    }
}

}  // namespace specsweep::checkpoint
