#pragma once

#include <cstdint>
#include <functional>

#include "linalg/matrix_view.hpp"
#include "spectrum/panel_source.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// A matrix as a sequence of pieces of its long side: 256 × k, k = min(m, n), in fp64, long index contiguous.
///
/// Tall (m ≥ n): piece p holds rows [256p, 256p + 256). Wide: columns [256p, 256p + 256); because a source gives whole
/// rows only, columns wait in a store of at most 64 MiB, and a matrix that is larger is read once for each fill of the
/// store. W and Wᵀ (m ≠ n) give the same pieces, bit for bit; so does any size of the store.
///
/// F64 sources are scaled by 2^(−exponent()) so that the largest entry lies in [½, 1): nothing over- or underflows when
/// squared. What fp32 holds needs no scaling: its squares are normal fp64 numbers. exponent() is then 0.
class LongSide {
public:
    static constexpr std::int64_t piece_length = 256;
    static constexpr std::int64_t store_bytes = std::int64_t{64} << 20;

    using Visitor = std::function<void(linalg::MatrixView piece)>;

    /// Reads the whole source once when it needs_double(), to find its scale.
    /// @throws InputError for an empty matrix, or an F64 value that is not finite.
    LongSide(PanelSource& source, Workspace& workspace);

    std::int64_t length() const { return length_; }
    std::int64_t width() const { return width_; }  ///< k
    std::int64_t pieces() const;
    int exponent() const { return exponent_; }

    /// Calls `visit` for each piece in order. It may overwrite the piece; the next one replaces it.
    void for_each_piece(const Visitor& visit);

    /// Bytes that a rows × cols matrix makes this class hold.
    static std::int64_t buffer_bytes(std::int64_t rows, std::int64_t cols);

private:
    template <class T>
    void visit_rows(const Visitor& visit);
    template <class T>
    void visit_columns(const Visitor& visit);
    template <class T>
    void fill_store(T* store, std::int64_t first_column, std::int64_t column_count);
    linalg::MatrixView piece_view(std::int64_t piece_rows);
    int find_exponent();

    PanelSource& source_;
    Workspace& workspace_;
    std::int64_t length_;
    std::int64_t width_;
    int exponent_ = 0;
    double scale_ = 1;
};

}  // namespace specsweep::spectrum
