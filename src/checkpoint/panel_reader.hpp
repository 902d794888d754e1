#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/dtype.hpp"
#include "base/file.hpp"
#include "checkpoint/slice.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Reads whole logical rows of one matrix by pread; never the whole model. Its buffer holds at most 16 MiB.
///
/// A panel whose stored rows follow each other is one read; rows of fused tensors are one read a run; planes stored
/// [in, out] are read in strips of whole stored rows, and what a strip brings for later panels is kept while it fits.
class PanelReader {
public:
    /// @throws IoError: the file cannot be opened; InputError: no weight dtype, slice or bytes outside tensor or file.
    PanelReader(const TensorLocation& location, const Slice& slice);

    std::int64_t rows() const { return slice_.rows; }
    std::int64_t cols() const { return slice_.cols; }
    DType dtype() const { return location_.dtype; }

    /// Rows [first, first + count), row-major, ld = cols, widened (F64 to float: rounded once). May be asked again.
    /// @pre out.size() = count · cols.  @throws IoError, also when the file has become shorter.
    void read_rows(std::int64_t first, std::int64_t count, std::span<float> out);
    void read_rows(std::int64_t first, std::int64_t count, std::span<double> out);

private:
    template <class T>
    void read(std::int64_t first, std::int64_t count, std::span<T> out);
    template <class T>
    void read_along_rows(std::int64_t first, std::int64_t count, std::span<T> out);
    template <class T>
    void read_along_columns(std::int64_t first, std::int64_t count, std::span<T> out);

    TensorLocation location_;
    Slice slice_;
    FileDescriptor file_;
    std::vector<std::byte> buffer_;
};

}  // namespace specsweep::checkpoint
