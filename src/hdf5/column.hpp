#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "hdf5/dataset.hpp"

namespace specsweep::hdf5 {

/// A 1-D dataset of numbers. T is double, std::int64_t, std::int32_t, std::uint32_t or std::uint8_t; stored
/// little-endian in exactly that type, whatever the machine.
template <class T>
class Column : public Dataset {
public:
    Column() = default;

    /// Every element is `fill` afterwards. @throws IoError (no space, too)
    static Column create(File&, std::string_view path, std::int64_t size, T fill);
    /// The same for what is written whole: twice the work is saved. @pre every element is written before it is read
    static Column create_unfilled(File&, std::string_view path, std::int64_t size);
    /// @throws InputError: missing, another type or shape, see Dataset.
    static Column open(const File&, std::string_view path);

    /// Independent, not collective, in a parallel file as well. @throws IoError
    void write(std::int64_t first, std::span<const T> values);
    void write(std::int64_t row, T value) { write(row, std::span<const T>(&value, 1)); }
    /// values[i] to rows[i], in one call. Independent, not collective. @pre as many rows as values. @throws IoError
    void write(std::span<const std::int64_t> rows, std::span<const T> values);
    void read(std::int64_t first, std::span<T> values) const;
    T read(std::int64_t row) const;
    std::vector<T> read_all() const;

private:
    explicit Column(Dataset&& base) : Dataset(std::move(base)) {}
};

extern template class Column<double>;
extern template class Column<std::int64_t>;
extern template class Column<std::int32_t>;
extern template class Column<std::uint32_t>;
extern template class Column<std::uint8_t>;

}  // namespace specsweep::hdf5
