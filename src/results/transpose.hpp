#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace specsweep::results {

/// Columns out of records, one behind the other: columns[c · rows + r] = value(r, c). Eight records at a time, so that
/// each of their cache lines is read while it is near and each line of a column is written whole.
template <class T, class Value>
void transpose(std::size_t rows, std::size_t count, std::span<T> columns, Value value)
{
    constexpr std::size_t tile = 64 / sizeof(T);
    for (std::size_t first = 0; first < rows; first += tile) {
        const std::size_t last = std::min(first + tile, rows);
        for (std::size_t column = 0; column < count; ++column)
            for (std::size_t row = first; row < last; ++row)
                columns[column * rows + row] = value(row, column);
    }
}

}  // namespace specsweep::results
