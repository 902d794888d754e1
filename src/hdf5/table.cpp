#include "hdf5/table.hpp"

#include <hdf5.h>

#include <limits>

#include "base/format.hpp"
#include "hdf5/library_error.hpp"

namespace specsweep::hdf5 {

Table Table::create(File& file, std::string_view path, std::int64_t rows, std::int64_t columns)
{
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return Table(
        Dataset::create(file, path, {.rows = rows, .columns = columns}, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &nan));
}

Table Table::open(const File& file, std::string_view path)
{
    Table found(Dataset::open(file, path, Rank::two));
    const bool fits = found.element() ? found.element() == Directory::Element::f8
                                      : H5Tequal(found.stored_type().id(), H5T_IEEE_F64LE) > 0;
    if (!fits)
        found.wrong_type("fp64");
    return found;
}

std::int64_t Table::whole_rows(std::size_t values) const
{
    const auto count = static_cast<std::int64_t>(values);
    if (count % columns() != 0)
        throw InternalError(fmt::format("{} values are no rows of {} with {} columns", count, describe(), columns()));
    return count / columns();
}

void Table::write(std::int64_t first, std::span<const double> values)
{
    write_raw(first, whole_rows(values.size()), is_without_library() ? no_type : H5T_NATIVE_DOUBLE, values.data());
}

void Table::read(std::int64_t first, std::span<double> values) const
{
    read_raw(first, whole_rows(values.size()), is_without_library() ? no_type : H5T_NATIVE_DOUBLE, values.data());
}

}  // namespace specsweep::hdf5
