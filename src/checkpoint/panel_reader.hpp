#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/dtype.hpp"
#include "base/file.hpp"
#include "checkpoint/packed_reader.hpp"
#include "checkpoint/slice.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Reads whole logical rows of one matrix by pread; never the whole model. Bounded memory, few reads:
///
/// - stored [out, in]: one read brings all rows of a panel that lie near each other (a fused tensor's gaps are read
///   over when they are short), up to the buffer's size;
/// - stored [in, out]: the buffer keeps a window, all stored rows of as many columns as it can hold, so that the panels
///   of one pass read every byte once, and planes up to the buffer's size in one read;
/// - stored quantized: codes and scales are kept in memory, rows are decoded when asked for.
class PanelReader {
public:
    static constexpr std::int64_t default_buffer_bytes = std::int64_t{16} << 20;

    /// @param buffer_bytes most that the buffer may hold.
    /// @throws IoError: the file cannot be opened; InputError: no weight dtype, slice or bytes outside tensor or file.
    PanelReader(const TensorLocation& location, const Slice& slice, std::int64_t buffer_bytes = default_buffer_bytes);

    std::int64_t rows() const { return slice_.rows; }
    std::int64_t cols() const { return slice_.cols; }
    DType dtype() const { return location_.dtype; }

    /// Rows [first, first + count), row-major, ld = cols, widened (F64 to float: rounded once). May be asked again.
    /// @pre rows inside the matrix, out.size() = count · cols.  @throws IoError, also when the file became shorter.
    void read_rows(std::int64_t first, std::int64_t count, std::span<float> out);
    void read_rows(std::int64_t first, std::int64_t count, std::span<double> out);

private:
    /// A rectangle of the stored plane that the buffer holds, row-major.
    struct Window {
        std::int64_t first_row = 0, rows = 0, first_col = 0, cols = 0;
        friend bool operator==(const Window&, const Window&) = default;
    };

    template <class T>
    void read(std::int64_t first, std::int64_t count, std::span<T> out);
    template <class T>
    void decode_rows(std::int64_t first, std::int64_t count, T* out) const;
    template <class T>
    void read_stored_rows(std::int64_t first, std::int64_t count, T* out);
    template <class T>
    void read_stored_columns(std::int64_t first, std::int64_t count, T* out);
    template <class T>
    void transpose_window(std::int64_t first, std::int64_t count, T* out);
    template <class T>
    void widen_from_window(std::int64_t row, std::int64_t col, std::span<T> out) const;

    void load(const Window& window);
    std::int64_t rows_within(std::int64_t first, std::int64_t count, std::int64_t most_span) const;

    TensorLocation location_;
    Slice slice_;
    FileDescriptor file_;
    std::unique_ptr<const PackedReader> packed_;
    std::int64_t element_bytes_;
    std::int64_t buffer_elements_;
    std::vector<std::byte> buffer_;
    Window window_;
};

}  // namespace specsweep::checkpoint
