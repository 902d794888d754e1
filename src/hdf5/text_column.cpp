#include "hdf5/text_column.hpp"

#include <hdf5.h>

#include <algorithm>
#include <cstring>

#include "base/format.hpp"
#include "base/integer.hpp"
#include "hdf5/library_error.hpp"
#include "hdf5/text_type.hpp"

namespace specsweep::hdf5 {

Handle text_type(std::int64_t width, std::string_view problem)
{
    Handle type = owned(HandleKind::type, H5Tcopy(H5T_C_S1), problem);
    require(H5Tset_size(type.id(), checked_cast<std::size_t>(width)), problem);
    require(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), problem);
    require(H5Tset_cset(type.id(), H5T_CSET_UTF8), problem);
    return type;
}

std::string_view cut_utf8(std::string_view text, std::size_t most)
{
    if (text.size() <= most)
        return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end);
}

TextColumn TextColumn::create(File& file, std::string_view path, std::int64_t size, std::int64_t width)
{
    const Handle type = text_type(width, path);
    const std::vector<char> empty(static_cast<std::size_t>(width), '\0');
    return TextColumn(Dataset::create(file, path, {.rows = size}, type.id(), type.id(), empty.data()));
}

TextColumn TextColumn::create_unfilled(File& file, std::string_view path, std::int64_t size, std::int64_t width)
{
    const Handle type = text_type(width, path);
    return TextColumn(Dataset::create(file, path, {.rows = size}, type.id(), type.id(), nullptr));
}

TextColumn TextColumn::open(const File& file, std::string_view path)
{
    TextColumn found(Dataset::open(file, path));
    const Handle type = found.stored_type();
    const bool fits = found.element() ? found.element() == Directory::Element::text
                                      : H5Tget_class(type.id()) == H5T_STRING && H5Tis_variable_str(type.id()) == 0;
    if (!fits)
        found.wrong_type("strings of a fixed size");
    return found;
}

void TextColumn::write(std::int64_t first, std::span<const std::string> values)
{
    const auto each = static_cast<std::size_t>(width());
    std::vector<char> padded(each * values.size(), '\0');
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string_view kept = cut_utf8(values[i], each);
        std::copy(kept.begin(), kept.end(), padded.begin() + static_cast<std::ptrdiff_t>(i * each));
    }
    write_padded(first, padded);
}

void TextColumn::write_padded(std::int64_t first, std::span<const char> elements)
{
    const Handle type = is_without_library() ? Handle() : text_type(width(), path());
    write_raw(first, static_cast<std::int64_t>(elements.size()) / width(), type.id(), elements.data());
}

std::vector<std::string> TextColumn::read(std::int64_t first, std::int64_t count) const
{
    const auto each = static_cast<std::size_t>(width());
    std::vector<char> padded(each * checked_cast<std::size_t>(count));
    const Handle type = is_without_library() ? Handle() : stored_type();
    read_raw(first, count, type.id(), padded.data());
    std::vector<std::string> values;
    values.reserve(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const char* begin = padded.data() + i * each;
        values.emplace_back(begin, strnlen(begin, each));
    }
    return values;
}

std::vector<std::string> TextColumn::read_all() const
{
    constexpr std::int64_t block = 65536;  // bounds the padded copy
    std::vector<std::string> values;
    values.reserve(static_cast<std::size_t>(size()));
    for (std::int64_t first = 0; first < size(); first += block)
        for (std::string& value : read(first, std::min(block, size() - first)))
            values.push_back(std::move(value));
    return values;
}

}  // namespace specsweep::hdf5
