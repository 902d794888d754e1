#include "results/derived_store.hpp"

#include <array>
#include <string>

#include "base/hash.hpp"
#include "hdf5/text_column.hpp"
#include "metrics/columns.hpp"
#include "results/layout.hpp"
#include "results/moment_table.hpp"
#include "results/table_io.hpp"

namespace specsweep::results {

namespace {

std::vector<std::string> column_names()
{
    std::vector<std::string> names;
    for (const metrics::Column& column : metrics::columns())
        names.emplace_back(column.name);
    return names;
}

std::uint32_t crc_of_derivation()
{
    std::string text = fmt::format("derivation {}", metrics::derivation_version);
    for (const std::string& name : column_names())
        text += ' ' + name;
    return crc32(std::as_bytes(std::span(text)));
}

}  // namespace

DerivedStore DerivedStore::create(hdf5::File& file, std::int64_t units)
{
    file.create_group(layout::derived::group);
    write_texts(file, layout::derived::columns, column_names());
    DerivedStore made;
    made.values_ = hdf5::Table::create(file, layout::derived::values, units, std::ssize(metrics::columns()));
    made.crcs_ = hdf5::Column<std::uint32_t>::create(file, layout::derived::crc, units, 0);
    return made;
}

std::optional<DerivedStore> DerivedStore::open(const hdf5::File& file, std::int64_t units)
{
    if (!file.contains(layout::derived::crc) || !MomentTable::is_in(file))
        return std::nullopt;
    if (hdf5::TextColumn::open(file, layout::derived::columns).read_all() != column_names())
        return std::nullopt;
    DerivedStore found;
    found.values_ = hdf5::Table::open(file, layout::derived::values);
    found.crcs_ = hdf5::Column<std::uint32_t>::open(file, layout::derived::crc);
    require_length(found.values_, static_cast<std::size_t>(units), file);
    if (found.values_.columns() != std::ssize(metrics::columns()))
        throw InputError(fmt::format("{} is damaged", file.path().string()),
                         fmt::format("{} has another number of columns than names", layout::derived::values));
    require_length(found.crcs_, static_cast<std::size_t>(units), file);
    return found;
}

void DerivedStore::write(std::int64_t first, std::span<const double> values, std::span<const std::uint32_t> crcs)
{
    values_.write(first, values);
    crcs_.write(first, crcs);
}

void DerivedStore::read(std::int64_t first, std::span<double> values, std::span<std::uint32_t> crcs) const
{
    values_.read(first, values);
    crcs_.read(first, crcs);
}

std::uint32_t derived_crc(std::uint32_t content_crc, std::uint32_t reference_crc, std::span<const double> values,
                          std::string_view reason)
{
    static const std::uint32_t derivation = crc_of_derivation();
    const std::array inputs{content_crc, reference_crc};
    std::uint32_t crc = crc32(std::as_bytes(std::span(inputs)), derivation);
    crc = crc32(std::as_bytes(values), crc);
    crc = crc32(std::as_bytes(std::span(reason)), crc);
    return crc == 0 ? 1 : crc;
}

}  // namespace specsweep::results
