#include "hdf5/dataset.hpp"

#include <hdf5.h>

#include <array>
#include <bit>
#include <vector>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "hdf5/library_error.hpp"

namespace specsweep::hdf5 {

namespace {

/// Deflate cannot shrink by more than 1032:1; a compressed dataset that claims to be longer is lying.
constexpr std::int64_t largest_compression = 1100;

Handle creation_properties(Id memory_type, const void* fill, std::string_view problem)
{
    Handle properties = owned(HandleKind::properties, H5Pcreate(H5P_DATASET_CREATE), problem);
    require(H5Pset_layout(properties.id(), H5D_CONTIGUOUS), problem);
    require(H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY), problem);
    require(H5Pset_fill_time(properties.id(), fill == nullptr ? H5D_FILL_TIME_NEVER : H5D_FILL_TIME_ALLOC), problem);
    if (fill != nullptr)
        require(H5Pset_fill_value(properties.id(), memory_type, fill), problem);
    require(H5Pset_obj_track_times(properties.id(), 0), problem);
    return properties;
}

/// HDF5 adds the size of the user block to "nowhere", so that its answer counts only where something is stored.
std::int64_t offset_of_contiguous(Id dataset)
{
    return H5Dget_storage_size(dataset) == 0 ? -1 : static_cast<std::int64_t>(H5Dget_offset(dataset));
}

struct ElementType {
    Id type;
    Directory::Element element;
};

Directory::Element element_of(Id type)
{
    const std::array known{
        ElementType{H5T_IEEE_F64LE, Directory::Element::f8}, ElementType{H5T_STD_I64LE, Directory::Element::i8},
        ElementType{H5T_STD_I32LE, Directory::Element::i4}, ElementType{H5T_STD_U32LE, Directory::Element::u4},
        ElementType{H5T_STD_U8LE, Directory::Element::u1}};
    for (const ElementType& one : known)
        if (H5Tequal(type, one.type) > 0)
            return one.element;
    const bool is_text = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0;
    return is_text ? Directory::Element::text : Directory::Element::other;
}

}  // namespace

Dataset Dataset::create(File& file, std::string_view path, Shape shape, Id file_type, Id memory_type, const void* fill)
{
    Dataset made;
    made.path_ = path;
    made.file_name_ = file.path().string();
    made.size_ = shape.rows;
    made.columns_ = shape.columns;
    const std::string problem = fmt::format("cannot create {}", made.describe());
    const std::array extent{checked_cast<hsize_t>(shape.rows), checked_cast<hsize_t>(shape.columns)};
    const Handle space =
        owned(HandleKind::space, H5Screate_simple(shape.columns == 0 ? 1 : 2, extent.data(), nullptr), problem);
    const Handle properties = creation_properties(memory_type, fill, problem);
    made.handle_ = owned(
        HandleKind::dataset,
        H5Dcreate2(file.id(), made.path_.c_str(), file_type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
        problem);
    made.element_bytes_ = checked_cast<std::int64_t>(H5Tget_size(file_type));
    made.file_offset_ = offset_of_contiguous(made.handle_.id());
    file.note_created({.path = made.path_,
                       .element = element_of(file_type),
                       .element_bytes = made.element_bytes_,
                       .rows = made.size_,
                       .columns = made.columns_,
                       .offset = made.file_offset_});
    if (fill == nullptr && made.file_offset_ >= 0 && std::endian::native == std::endian::little)
        made.raw_ = file.raw();
    return made;
}

Dataset Dataset::listed(const File& file, const Directory::Entry& entry)
{
    Dataset found;
    found.path_ = entry.path;
    found.file_name_ = file.path().string();
    found.size_ = entry.rows;
    found.columns_ = entry.columns;
    found.element_bytes_ = entry.element_bytes;
    found.file_offset_ = entry.rows == 0 ? -1 : entry.offset;
    found.element_ = entry.element;
    found.bytes_ = file.sealed_bytes();
    return found;
}

Dataset Dataset::open(const File& file, std::string_view path, Rank rank)
{
    if (const Directory::Entry* const entry = file.listed(path)) {
        Dataset found = listed(file, *entry);
        found.require_rank(rank);
        return found;
    }
    Dataset found;
    found.path_ = path;
    found.file_name_ = file.path().string();
    const Id id = H5Dopen2(file.id(), found.path_.c_str(), H5P_DEFAULT);
    if (id < 0 && !file.contains(path)) {
        take_error_stack();
        throw InputError(fmt::format("{} is missing", found.describe()), {}, "is it a result file of specsweep?");
    }
    if (id < 0)
        throw_input_error(fmt::format("cannot read {}", found.describe()));
    found.handle_ = Handle(HandleKind::dataset, id);

    found.read_shape(rank);
    found.find_storage();
    if (found.file_offset_ >= 0 &&
        found.file_offset_ > file.size_bytes() - found.size_ * found.row_elements() * found.element_bytes_)
        throw_input_error(fmt::format("cannot read {}", found.describe()), "its values lie beyond the end of the file");
    return found;
}

void Dataset::read_shape(Rank rank)
{
    const Handle space = stored_space();
    std::array<hsize_t, 2> extent{};
    const int dimensions =
        H5Sget_simple_extent_type(space.id()) == H5S_SIMPLE ? H5Sget_simple_extent_ndims(space.id()) : 0;
    if (dimensions < 1 || dimensions > 2 || H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr) < 0)
        throw_input_error(fmt::format("cannot read {}", describe()), "it does not have one dimension or two");
    const Handle type = stored_type();
    const std::size_t bytes = H5Tget_size(type.id());
    if (!std::in_range<std::int64_t>(extent[0]) || !std::in_range<std::int64_t>(extent[1]) || bytes == 0 ||
        bytes > (1U << 30) || (dimensions == 2 && extent[1] == 0))
        throw_input_error(fmt::format("cannot read {}", describe()), "its size is impossible");
    size_ = static_cast<std::int64_t>(extent[0]);
    columns_ = static_cast<std::int64_t>(extent[1]);
    element_bytes_ = static_cast<std::int64_t>(bytes);
    require_rank(rank);
}

void Dataset::require_rank(Rank rank) const
{
    if (rank != Rank::any && (rank == Rank::two) != (columns_ > 0))
        throw_input_error(fmt::format("cannot read {}", describe()),
                          rank == Rank::two ? "it does not have two dimensions" : "it does not have one dimension");
}

Dataset::ByteRange Dataset::byte_range(const File& file, std::string_view path)
{
    const Dataset found = open(file, path, Rank::any);
    return {found.file_offset(), checked_multiply(found.size() * found.row_elements(), found.element_bytes())};
}

Directory::Entry Dataset::entry(const File& file, std::string_view path)
{
    const Dataset found = open(file, path, Rank::any);
    return {.path = found.path_,
            .element = found.element_.value_or(element_of(found.stored_type().id())),
            .element_bytes = found.element_bytes_,
            .rows = found.size_,
            .columns = found.columns_,
            .offset = found.file_offset_};
}

void Dataset::find_storage()
{
    const Handle properties = owned(HandleKind::properties, H5Dget_create_plist(handle_.id()), describe());
    const H5D_layout_t layout = H5Pget_layout(properties.id());
    const bool inside = layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED || layout == H5D_COMPACT;
    if (!inside || H5Pget_external_count(properties.id()) != 0)
        throw_input_error(fmt::format("cannot read {}", describe()), "its values lie in another file");
    const auto stored = static_cast<std::int64_t>(H5Dget_storage_size(handle_.id()));
    const auto elements = multiply_if_fits(size_, row_elements());
    const auto bytes = elements ? multiply_if_fits(*elements, element_bytes_) : std::nullopt;
    const auto most = layout == H5D_CHUNKED ? multiply_if_fits(stored, largest_compression) : stored;
    if (!bytes || !most || *bytes > *most)
        throw_input_error(
            fmt::format("cannot read {}", describe()),
            fmt::format("it claims {} values of {} bytes, the file stores {} bytes",
                        columns_ == 0 ? fmt::format("{}", size_) : fmt::format("{} x {}", size_, columns_),
                        element_bytes_, stored));
    if (layout == H5D_CONTIGUOUS)
        file_offset_ = offset_of_contiguous(handle_.id());
}

Handle Dataset::stored_type() const
{
    return element_ ? Handle() : owned(HandleKind::type, H5Dget_type(handle_.id()), describe());
}

void Dataset::require_rows(std::int64_t first, std::int64_t count) const
{
    if (first < 0 || count < 0 || first > size_ || count > size_ - first)
        throw InternalError(fmt::format("rows {}+{} are outside {} of {} rows", first, count, describe(), size_));
}

std::int64_t Dataset::offset_of(std::int64_t row) const
{
    return file_offset_ + row * row_elements() * element_bytes_;
}

std::size_t Dataset::bytes_of(std::int64_t rows) const
{
    return static_cast<std::size_t>(rows * row_elements() * element_bytes_);
}

void Dataset::select(const Handle& space, std::int64_t first, std::int64_t count) const
{
    require_rows(first, count);
    const std::array start{static_cast<hsize_t>(first), hsize_t{0}};
    const std::array length{static_cast<hsize_t>(count), static_cast<hsize_t>(columns_)};
    require(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, length.data(), nullptr), path_);
}

Handle Dataset::selection(std::span<const std::int64_t> rows) const
{
    std::vector<hsize_t> elements;
    elements.reserve(rows.size());
    for (const std::int64_t row : rows) {
        if (row < 0 || row >= size_)
            throw InternalError(fmt::format("row {} is outside {} of {} rows", row, describe(), size_));
        elements.push_back(static_cast<hsize_t>(row));
    }
    Handle space = stored_space();
    require(H5Sselect_elements(space.id(), H5S_SELECT_SET, elements.size(), elements.data()), path_);
    return space;
}

Handle Dataset::stored_space() const
{
    return owned(HandleKind::space, H5Dget_space(handle_.id()), path_);
}

Handle Dataset::memory_space(std::int64_t rows) const
{
    const auto length = static_cast<hsize_t>(rows * row_elements());
    return owned(HandleKind::space, H5Screate_simple(1, &length, nullptr), path_);
}

void Dataset::write_selected(const Handle& stored, const Handle& memory, Id memory_type, const void* values)
{
    if (H5Dwrite(handle_.id(), memory_type, memory.id(), stored.id(), H5P_DEFAULT, values) < 0)
        throw_io_error(fmt::format("cannot write {}", describe()));
}

void Dataset::write_raw(std::int64_t first, std::int64_t count, Id memory_type, const void* values)
{
    if (count == 0)
        return;
    if (raw_) {
        require_rows(first, count);
        raw_->write({static_cast<const std::byte*>(values), bytes_of(count)}, offset_of(first));
        return;
    }
    if (!space_)
        space_ = stored_space();
    select(space_, first, count);
    if (count > 1)
        return write_selected(space_, memory_space(count), memory_type, values);
    if (!one_)
        one_ = memory_space(1);
    write_selected(space_, one_, memory_type, values);
}

void Dataset::write_raw(std::span<const std::int64_t> rows, Id memory_type, const void* values)
{
    if (raw_) {
        const auto* value = static_cast<const std::byte*>(values);
        for (const std::int64_t row : rows) {
            write_raw(row, 1, memory_type, value);
            value += bytes_of(1);
        }
        return;
    }
    if (!rows.empty())
        write_selected(selection(rows), memory_space(static_cast<std::int64_t>(rows.size())), memory_type, values);
}

void Dataset::read_raw(std::int64_t first, std::int64_t count, Id memory_type, void* values) const
{
    if (count == 0)
        return;
    if (element_) {
        require_rows(first, count);
        bytes_->read({static_cast<std::byte*>(values), bytes_of(count)}, offset_of(first));
        return;
    }
    if (raw_) {
        require_rows(first, count);
        raw_->read({static_cast<std::byte*>(values), bytes_of(count)}, offset_of(first));
        return;
    }
    const Handle stored = stored_space();
    select(stored, first, count);
    const Handle memory = memory_space(count);
    if (H5Dread(handle_.id(), memory_type, memory.id(), stored.id(), H5P_DEFAULT, values) >= 0)
        return;
    const std::string problem = fmt::format("cannot read {}", describe());
    const std::string stack = take_error_stack();
    if (stack.find("errno") != std::string::npos)  // the operating system's word; all else is the file's own fault
        throw IoError(problem, stack);
    throw InputError(problem, stack);
}

std::string Dataset::describe() const
{
    return fmt::format("{} of {}", path_, file_name_);
}

void Dataset::wrong_type(std::string_view expected) const
{
    throw_input_error(fmt::format("cannot read {}", describe()), fmt::format("its values are not {}", expected));
}

}  // namespace specsweep::hdf5
