#pragma once

#include <cstdint>
#include <functional>

#include "linalg/block_cyclic.hpp"
#include "linalg/matrix_view.hpp"
#include "mpi/communicator.hpp"
#include "spectrum/panel_source.hpp"
#include "spectrum/square_sum.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// One piece of the long side as read: entry (i, j), i < rows along the long side, j < k, in fp32 or fp64.
struct RawPiece {
    const float* single = nullptr;
    const double* wide = nullptr;
    std::int64_t rows = 0, cols = 0;
    std::int64_t row_stride = 0, col_stride = 0;
    std::int64_t first_row = 0;  ///< of the long side
    double scale = 1;            ///< of fp64 entries

    double operator()(std::int64_t i, std::int64_t j) const
    {
        const std::int64_t at = i * row_stride + j * col_stride;
        return single != nullptr ? static_cast<double>(single[at]) : wide[at] * scale;
    }
    /// Columns [first, first + out.cols) in fp64, the long index contiguous.
    void widen_columns(std::int64_t first, linalg::MatrixView out) const;
};

/// The pieces of LongSide, each read (and quantized) by one rank of a group and seen by all, in order.
///
/// Tall: row panel p is read by rank p mod g and broadcast. Wide: each rank keeps its row panels' columns in a store
/// and the group puts 256 columns together at a time; where the store does not hold all columns, rows are read again.
/// Every rank sees the same pieces in the same order, so what it adds up does not depend on the group.
class SharedPieces {
public:
    using Visitor = std::function<void(const RawPiece&)>;

    /// @throws InputError for an empty matrix, or an F64 value that is not finite. Collective.
    SharedPieces(PanelSource& source, const mpi::Communicator& group, Workspace& workspace);

    std::int64_t length() const { return length_; }
    std::int64_t width() const { return width_; }
    std::int64_t pieces() const;
    int exponent() const { return exponent_; }

    /// Collective. A fault of one rank's source ends the pass on all (peer_failure.hpp).
    void for_each(const Visitor& visit);

    /// Bytes that a rank of a group of `ranks` holds.
    static std::int64_t buffer_bytes(std::int64_t rows, std::int64_t cols, std::int64_t ranks);

private:
    template <class T>
    void visit_rows(const Visitor& visit);
    template <class T>
    void visit_columns(const Visitor& visit);
    template <class T>
    void fill_store(T* store, std::int64_t first_column, std::int64_t column_count);
    template <class T>
    void assemble(const T* store, std::int64_t stored, std::int64_t first, std::int64_t count, T* piece, T* panel);
    int find_exponent();

    PanelSource& source_;
    const mpi::Communicator& group_;
    Workspace& workspace_;
    std::int64_t length_, width_;
    int exponent_ = 0;
};

/// ‖W‖_F² of what has been visited, in the order of the pieces.
void add_energy(const RawPiece& piece, SquareSum& energy);

}  // namespace specsweep::spectrum
