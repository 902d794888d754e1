#pragma once

#include <cstdint>
#include <functional>

#include "spectrum/panel_source.hpp"
#include "spectrum/square_sum.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::spectrum {

/// Rows of a matrix for methods that pass over it many times: the first ones are kept as read (fp32, or fp64 where the
/// source needs it), as many as fit kept_bytes(); the rest is read again for each pass. Rows that the source has in
/// memory are used where they lie.
///
/// In a group each rank stores its share: the panels p with p mod g = rank.
///
/// F64 sources are scaled by 2^(−exponent()) so that the largest entry lies in [½, 1), like LongSide.
class RowStore {
public:
    static constexpr std::int64_t panel_rows = 256;

    struct Share {
        std::int64_t rank = 0, ranks = 1;
    };

    /// Reads its share of the source once. @throws InputError for an empty matrix or a value that is not finite;
    /// InternalError for a share of an F64 source.
    RowStore(PanelSource& source, Workspace& workspace, std::int64_t most_bytes)
        : RowStore(source, workspace, most_bytes, Share{})
    {
    }
    RowStore(PanelSource& source, Workspace& workspace, std::int64_t most_bytes, Share share);

    std::int64_t rows() const { return source_.rows(); }
    std::int64_t cols() const { return source_.cols(); }
    int exponent() const { return exponent_; }
    const SquareSum& energy() const { return energy_; }  ///< of the scaled matrix

    /// Calls one of the two for each stretch of its rows (row-major, leading dimension cols()), in order.
    void for_each(const std::function<void(const float* values, std::int64_t count)>& single,
                  const std::function<void(const double* values, std::int64_t count)>& wide);

    /// What is kept of a rows × cols matrix: all of it, but at most what the Gram route would hold, 8k², or most_bytes;
    /// in a group 8k²/g.
    static std::int64_t kept_bytes(std::int64_t rows, std::int64_t cols, std::int64_t element_bytes,
                                   std::int64_t most_bytes);
    /// Bytes that this class holds for an fp32 matrix.
    static std::int64_t buffer_bytes(std::int64_t rows, std::int64_t cols, std::int64_t most_bytes);

private:
    template <class Visit>
    void for_each_panel(std::int64_t from, Visit visit);
    template <class T>
    void load();
    template <class T, class Visitor>
    void visit(const Visitor& visitor);
    void look_at_resident();
    template <class T>
    void read(std::int64_t first, std::int64_t count, T* out);

    PanelSource& source_;
    Workspace& workspace_;
    std::int64_t most_bytes_;
    Share share_;
    std::int64_t kept_rows_ = 0;       ///< of the share, which they begin
    const float* resident_ = nullptr;  ///< the source's own, all of them
    int exponent_ = 0;
    double scale_ = 1;
    SquareSum energy_;
};

}  // namespace specsweep::spectrum
