#include "checkpoint/slice.hpp"

#include "base/format.hpp"
#include "base/integer.hpp"

namespace specsweep::checkpoint {
namespace {

/// The same row map with the fewest free numbers: one group where groups follow each other in steps, step 1 for a
/// single row, stride 0 for a single group.
Slice normalised(Slice slice)
{
    if (slice.group_rows == 1 ||
        (slice.rows > slice.group_rows && slice.group_stride == slice.group_rows * slice.step)) {
        slice.step = slice.group_rows == 1 ? slice.group_stride : slice.step;
        slice.group_rows = slice.rows;
    }
    if (slice.rows <= slice.group_rows) {
        slice.group_rows = slice.rows;
        slice.group_stride = 0;
    }
    if (slice.group_rows <= 1)
        slice.step = 1;
    return slice;
}

std::optional<std::int64_t> element_count(const std::vector<std::int64_t>& shape)
{
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) {
        const auto product = multiply_if_fits(count, extent);
        if (extent < 0 || !product)
            return std::nullopt;
        count = *product;
    }
    return count;
}

/// first + groups · group_stride + steps · step, or nothing when it does not fit.
std::optional<std::int64_t> checked_along(const Slice& slice, std::int64_t row)
{
    const auto groups = multiply_if_fits(row / slice.group_rows, slice.group_stride);
    const auto steps = multiply_if_fits(row % slice.group_rows, slice.step);
    if (!groups || !steps)
        return std::nullopt;
    const auto within = add_if_fits(*groups, *steps);
    return within ? add_if_fits(slice.first, *within) : std::nullopt;
}

}  // namespace

std::string_view name(Orientation orientation)
{
    return orientation == Orientation::out_in ? "out_in" : "in_out";
}

std::optional<Orientation> parse_orientation(std::string_view text)
{
    if (text == "out_in")
        return Orientation::out_in;
    if (text == "in_out")
        return Orientation::in_out;
    return std::nullopt;
}

Slice Slice::whole(std::int64_t stored_rows, std::int64_t stored_cols, Orientation orientation)
{
    Slice slice;
    slice.stored_rows = stored_rows;
    slice.stored_cols = stored_cols;
    slice.orientation = orientation;
    slice.rows = orientation == Orientation::out_in ? stored_rows : stored_cols;
    slice.cols = orientation == Orientation::out_in ? stored_cols : stored_rows;
    slice.group_rows = slice.rows;
    slice.group_stride = slice.rows;
    return slice;
}

std::int64_t Slice::along(std::int64_t row) const
{
    return first + row / group_rows * group_stride + row % group_rows * step;
}

std::int64_t Slice::element(std::int64_t row, std::int64_t col) const
{
    const std::int64_t stored_row = orientation == Orientation::out_in ? along(row) : col;
    const std::int64_t stored_col = orientation == Orientation::out_in ? col : along(row);
    return first_element + stored_row * stored_cols + stored_col;
}

std::string Slice::canonical() const
{
    const Slice n = normalised(*this);
    return fmt::format("{}:{}+{}x{}:{}x{}:{},{},{},{}", checkpoint::name(n.orientation), n.first_element, n.stored_rows,
                       n.stored_cols, n.rows, n.cols, n.first, n.group_rows, n.group_stride, n.step);
}

bool fits(const Slice& slice, const std::vector<std::int64_t>& shape)
{
    if (slice.rows < 1 || slice.cols < 1 || slice.first < 0 || slice.group_rows < 1 || slice.group_stride < 0 ||
        slice.step < 1 || slice.first_element < 0 || slice.stored_rows < 1 || slice.stored_cols < 1)
        return false;
    const auto elements = element_count(shape);
    const auto plane = multiply_if_fits(slice.stored_rows, slice.stored_cols);
    const auto end = plane ? add_if_fits(slice.first_element, *plane) : std::nullopt;
    if (!elements || !end || *end > *elements)
        return false;
    const bool rows_first = slice.orientation == Orientation::out_in;
    if (slice.cols != (rows_first ? slice.stored_cols : slice.stored_rows))
        return false;
    // Strides are not negative, so the largest index stands in the last row or at the end of the last full group.
    const std::int64_t full_end = slice.rows / slice.group_rows * slice.group_rows - 1;
    const auto last = checked_along(slice, slice.rows - 1);
    const auto last_full = checked_along(slice, full_end < 0 ? slice.rows - 1 : full_end);
    const std::int64_t extent = rows_first ? slice.stored_rows : slice.stored_cols;
    return last && last_full && *last < extent && *last_full < extent;
}

}  // namespace specsweep::checkpoint
