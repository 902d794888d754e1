#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::checkpoint {

/// How the stored 2-D plane relates to the logical [out, in] matrix: as it is, or transposed (GPT-2's Conv1D).
enum class Orientation { out_in, in_out };

std::string_view name(Orientation orientation);
std::optional<Orientation> parse_orientation(std::string_view text);

/// Which elements of a stored tensor form a logical [out, in] matrix. Pure integers.
///
/// The plane of stored_rows × stored_cols elements starts at first_element (inside a 3-D tensor: expert · plane size).
/// Logical row r lies at index
///
///   along(r) = first + ⌊r / group_rows⌋ · group_stride + (r mod group_rows) · step
///
/// of the stored rows (out_in) or stored columns (in_out); logical columns run along the other axis, all of it.
/// Query rows of h heads fused as q, k, v per head of size d: first 0, group_rows d, group_stride 3d, step 1.
/// The gate of gpt-oss, columns alternating gate and up: in_out, first 0, group_rows = rows, step 2.
struct Slice {
    std::string name;  ///< "" = whole tensor; "query", "expert3.gate", …
    std::int64_t first_element = 0;
    std::int64_t stored_rows = 0, stored_cols = 0;
    Orientation orientation = Orientation::out_in;
    std::int64_t rows = 0, cols = 0;  ///< logical [out, in]
    std::int64_t first = 0, group_rows = 1, group_stride = 1, step = 1;

    /// The whole plane as one matrix.
    static Slice whole(std::int64_t stored_rows, std::int64_t stored_cols,
                       Orientation orientation = Orientation::out_in);

    /// along(r), see above. @pre 0 ≤ r < rows
    std::int64_t along(std::int64_t row) const;

    /// Element W[row, col] of the logical matrix: index into the tensor's elements.
    std::int64_t element(std::int64_t row, std::int64_t col) const;

    /// Unique text of all numbers (the name is no part of it): the part of a unit's identity that says which elements.
    /// Slices that pick the same elements of the same plane in the same order have the same text.
    std::string canonical() const;

    friend bool operator==(const Slice&, const Slice&) = default;
};

/// Every index of the slice lies inside a tensor of this shape and no number overflows.
bool fits(const Slice& slice, const std::vector<std::int64_t>& shape);

}  // namespace specsweep::checkpoint
