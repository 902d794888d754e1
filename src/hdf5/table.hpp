#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "hdf5/dataset.hpp"

namespace specsweep::hdf5 {

/// A 2-D dataset of fp64, stored row by row, little-endian: what belongs to one row is written and read at once.
class Table : public Dataset {
public:
    Table() = default;

    /// Every value is NaN afterwards. @throws IoError (no space, too)
    static Table create(File&, std::string_view path, std::int64_t rows, std::int64_t columns);
    /// @throws InputError: missing, another type or rank, see Dataset.
    static Table open(const File&, std::string_view path);

    std::int64_t columns() const { return row_elements(); }

    /// Rows first, first + 1, … Independent, not collective, in a parallel file as well.
    /// @pre whole rows. @throws IoError
    void write(std::int64_t first, std::span<const double> values);
    void read(std::int64_t first, std::span<double> values) const;

private:
    explicit Table(Dataset&& base) : Dataset(std::move(base)) {}
    std::int64_t whole_rows(std::size_t values) const;
};

}  // namespace specsweep::hdf5
