#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "hdf5/column.hpp"
#include "hdf5/text_column.hpp"

namespace specsweep::results {

/// Width that holds every text, a multiple of 8: a function of the texts alone, so that equal tables have equal bytes.
template <class Row, class Get>
std::int64_t width_of(const std::vector<Row>& rows, Get get)
{
    std::size_t longest = 1;
    for (const Row& row : rows)
        longest = std::max(longest, std::string_view(get(row)).size());
    return round_up<std::int64_t>(checked_cast<std::int64_t>(longest), 8);
}

/// A whole column of texts.
inline void write_texts(hdf5::File& file, std::string_view path, const std::vector<std::string>& names)
{
    const auto width = width_of(names, [](const std::string& text) -> std::string_view { return text; });
    hdf5::TextColumn::create(file, path, std::ssize(names), width).write(0, names);
}

/// One column of a table of rows, from one member. `width` 0: as wide as needed.
template <class Row>
void write_text_member(hdf5::File& file, std::string_view path, const std::vector<Row>& rows, std::string Row::*member,
                       std::int64_t width = 0)
{
    std::vector<std::string> values;
    values.reserve(rows.size());
    for (const Row& row : rows)
        values.push_back(row.*member);
    if (width == 0)
        width = width_of(values, [](const std::string& text) -> std::string_view { return text; });
    auto column = hdf5::TextColumn::create(file, path, static_cast<std::int64_t>(rows.size()), width);
    column.write(0, values);
}

template <class T, class Row>
void write_member(hdf5::File& file, std::string_view path, const std::vector<Row>& rows, T Row::*member)
{
    std::vector<T> values;
    values.reserve(rows.size());
    for (const Row& row : rows)
        values.push_back(row.*member);
    auto column = hdf5::Column<T>::create(file, path, static_cast<std::int64_t>(rows.size()), T{});
    column.write(0, values);
}

inline void require_length(const hdf5::Dataset& column, std::size_t rows, const hdf5::File& file)
{
    if (column.size() != checked_cast<std::int64_t>(rows))
        throw InputError(fmt::format("{} is damaged", file.path().string()),
                         fmt::format("{} has {} rows, its neighbours {}", column.path(), column.size(), rows));
}

/// @pre rows has its final length. @throws InputError when the column has another one.
template <class Row>
void read_text_member(const hdf5::File& file, std::string_view path, std::vector<Row>& rows, std::string Row::*member)
{
    const auto column = hdf5::TextColumn::open(file, path);
    require_length(column, rows.size(), file);
    std::vector<std::string> values = column.read_all();
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i].*member = std::move(values[i]);
}

template <class T, class Row>
void read_member(const hdf5::File& file, std::string_view path, std::vector<Row>& rows, T Row::*member)
{
    const auto column = hdf5::Column<T>::open(file, path);
    require_length(column, rows.size(), file);
    const std::vector<T> values = column.read_all();
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i].*member = values[i];
}

}  // namespace specsweep::results
