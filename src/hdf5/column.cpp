#include "hdf5/column.hpp"

#include <hdf5.h>

#include <type_traits>

#include "base/format.hpp"
#include "hdf5/library_error.hpp"

namespace specsweep::hdf5 {

namespace {

template <class T>
Id memory_type()
{
    if constexpr (std::is_same_v<T, double>)
        return H5T_NATIVE_DOUBLE;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return H5T_NATIVE_INT64;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return H5T_NATIVE_INT32;
    else if constexpr (std::is_same_v<T, std::uint32_t>)
        return H5T_NATIVE_UINT32;
    else
        return H5T_NATIVE_UINT8;
}

template <class T>
Id file_type()
{
    if constexpr (std::is_same_v<T, double>)
        return H5T_IEEE_F64LE;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return H5T_STD_I64LE;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return H5T_STD_I32LE;
    else if constexpr (std::is_same_v<T, std::uint32_t>)
        return H5T_STD_U32LE;
    else
        return H5T_STD_U8LE;
}

template <class T>
constexpr Directory::Element element_of()
{
    if constexpr (std::is_same_v<T, double>)
        return Directory::Element::f8;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return Directory::Element::i8;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return Directory::Element::i4;
    else if constexpr (std::is_same_v<T, std::uint32_t>)
        return Directory::Element::u4;
    else
        return Directory::Element::u1;
}

template <class T>
constexpr std::string_view type_name()
{
    if constexpr (std::is_same_v<T, double>)
        return "fp64";
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return "64-bit integers";
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return "32-bit integers";
    else if constexpr (std::is_same_v<T, std::uint32_t>)
        return "unsigned 32-bit integers";
    else
        return "unsigned bytes";
}

}  // namespace

template <class T>
Column<T> Column<T>::create(File& file, std::string_view path, std::int64_t size, T fill)
{
    return Column(Dataset::create(file, path, {.rows = size}, file_type<T>(), memory_type<T>(), &fill));
}

template <class T>
Column<T> Column<T>::create_unfilled(File& file, std::string_view path, std::int64_t size)
{
    return Column(Dataset::create(file, path, {.rows = size}, file_type<T>(), memory_type<T>(), nullptr));
}

template <class T>
Column<T> Column<T>::open(const File& file, std::string_view path)
{
    Column found(Dataset::open(file, path));
    const bool fits =
        found.element() ? found.element() == element_of<T>() : H5Tequal(found.stored_type().id(), file_type<T>()) > 0;
    if (!fits)
        found.wrong_type(type_name<T>());
    return found;
}

template <class T>
void Column<T>::write(std::int64_t first, std::span<const T> values)
{
    write_raw(first, static_cast<std::int64_t>(values.size()), is_without_library() ? no_type : memory_type<T>(),
              values.data());
}

template <class T>
void Column<T>::write(std::span<const std::int64_t> rows, std::span<const T> values)
{
    if (rows.size() != values.size())
        throw InternalError(fmt::format("{} rows for {} values of {}", rows.size(), values.size(), path()));
    write_raw(rows, is_without_library() ? no_type : memory_type<T>(), values.data());
}

template <class T>
void Column<T>::read(std::int64_t first, std::span<T> values) const
{
    read_raw(first, static_cast<std::int64_t>(values.size()), is_without_library() ? no_type : memory_type<T>(),
             values.data());
}

template <class T>
T Column<T>::read(std::int64_t row) const
{
    T value{};
    read(row, std::span<T>(&value, 1));
    return value;
}

template <class T>
std::vector<T> Column<T>::read_all() const
{
    std::vector<T> values(static_cast<std::size_t>(size()));
    read(0, values);
    return values;
}

template class Column<double>;
template class Column<std::int64_t>;
template class Column<std::int32_t>;
template class Column<std::uint32_t>;
template class Column<std::uint8_t>;

}  // namespace specsweep::hdf5
