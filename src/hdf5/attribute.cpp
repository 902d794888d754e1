#include "hdf5/attribute.hpp"

#include <hdf5.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/format.hpp"
#include "hdf5/library_error.hpp"
#include "hdf5/text_type.hpp"

namespace specsweep::hdf5 {

namespace {

constexpr std::size_t longest_text = 1U << 16U;

std::string describe(const File& file, std::string_view object, std::string_view name)
{
    return fmt::format("attribute {} of {} in {}", name, object, file.path().string());
}

void write_scalar(File& file, std::string_view object, std::string_view name, Id file_type, Id memory_type,
                  const void* value)
{
    const std::string problem = "cannot write " + describe(file, object, name);
    const Handle space = owned(HandleKind::space, H5Screate(H5S_SCALAR), problem);
    const Handle attribute = owned(HandleKind::attribute,
                                   H5Acreate_by_name(file.id(), std::string(object).c_str(), std::string(name).c_str(),
                                                     file_type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                                   problem);
    require(H5Awrite(attribute.id(), memory_type, value), problem);
}

struct Opened {
    Handle attribute, type;
};

Opened open_scalar(const File& file, std::string_view object, std::string_view name, H5T_class_t expected)
{
    const std::string problem = "cannot read " + describe(file, object, name);
    if (!has_attribute(file, object, name))
        throw InputError(problem, "it is missing", "is it a result file of specsweep?");
    const Id id =
        H5Aopen_by_name(file.id(), std::string(object).c_str(), std::string(name).c_str(), H5P_DEFAULT, H5P_DEFAULT);
    if (id < 0)
        throw_input_error(problem);
    Opened opened{Handle(HandleKind::attribute, id), owned(HandleKind::type, H5Aget_type(id), problem)};
    const Handle space = owned(HandleKind::space, H5Aget_space(id), problem);
    if (H5Sget_simple_extent_npoints(space.id()) != 1)
        throw_input_error(problem, "it is not a single value");
    if (H5Tget_class(opened.type.id()) != expected ||
        (expected == H5T_STRING && H5Tis_variable_str(opened.type.id()) != 0))
        throw_input_error(problem, "it has another type");
    return opened;
}

/// From the directory of a sealed file; nothing where it has none. @throws InputError as the others
template <class T>
std::optional<T> listed(const File& file, std::string_view object, std::string_view name)
{
    if (file.directory() == nullptr || object != "/")
        return std::nullopt;
    const Directory::Value* const value = file.directory()->attribute(name);
    if (value == nullptr)
        throw InputError("cannot read " + describe(file, object, name), "it is missing",
                         "is it a result file of specsweep?");
    if (!std::holds_alternative<T>(*value))
        throw InputError("cannot read " + describe(file, object, name), "it has another type");
    return std::get<T>(*value);
}

Directory::Value read_value(const File& file, const std::string& name)
{
    const Handle attribute =
        owned(HandleKind::attribute, H5Aopen_by_name(file.id(), "/", name.c_str(), H5P_DEFAULT, H5P_DEFAULT), name);
    const Handle type = owned(HandleKind::type, H5Aget_type(attribute.id()), name);
    switch (H5Tget_class(type.id())) {
        case H5T_INTEGER:
            return read_integer_attribute(file, "/", name);
        case H5T_FLOAT:
            return read_real_attribute(file, "/", name);
        default:
            return read_text_attribute(file, "/", name);
    }
}

}  // namespace

void write_attribute(File& file, std::string_view object, std::string_view name, std::string_view value)
{
    const std::size_t width = std::max<std::size_t>(value.size(), 1);
    std::vector<char> padded(width, '\0');
    std::copy(value.begin(), value.end(), padded.begin());
    const Handle type = text_type(static_cast<std::int64_t>(width), name);
    write_scalar(file, object, name, type.id(), type.id(), padded.data());
}

void write_attribute(File& file, std::string_view object, std::string_view name, std::int64_t value)
{
    write_scalar(file, object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void write_attribute(File& file, std::string_view object, std::string_view name, double value)
{
    write_scalar(file, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

bool has_attribute(const File& file, std::string_view object, std::string_view name)
{
    if (file.directory() != nullptr && object == "/")
        return file.directory()->attribute(name) != nullptr;
    const bool found =
        (object == "/" || file.contains(object)) &&
        H5Aexists_by_name(file.id(), std::string(object).c_str(), std::string(name).c_str(), H5P_DEFAULT) > 0;
    H5Eclear2(H5E_DEFAULT);
    return found;
}

std::string read_text_attribute(const File& file, std::string_view object, std::string_view name)
{
    if (auto value = listed<std::string>(file, object, name))
        return std::move(*value);
    const Opened opened = open_scalar(file, object, name, H5T_STRING);
    const std::size_t width = H5Tget_size(opened.type.id());
    if (width == 0 || width > longest_text)
        throw_input_error("cannot read " + describe(file, object, name), "it is too long");
    std::vector<char> padded(width);
    if (H5Aread(opened.attribute.id(), opened.type.id(), padded.data()) < 0)
        throw_input_error("cannot read " + describe(file, object, name));
    return std::string(padded.data(), strnlen(padded.data(), width));
}

std::int64_t read_integer_attribute(const File& file, std::string_view object, std::string_view name)
{
    if (const auto value = listed<std::int64_t>(file, object, name))
        return *value;
    const Opened opened = open_scalar(file, object, name, H5T_INTEGER);
    std::int64_t value = 0;
    if (H5Aread(opened.attribute.id(), H5T_NATIVE_INT64, &value) < 0)
        throw_input_error("cannot read " + describe(file, object, name));
    return value;
}

double read_real_attribute(const File& file, std::string_view object, std::string_view name)
{
    if (const auto value = listed<double>(file, object, name))
        return *value;
    const Opened opened = open_scalar(file, object, name, H5T_FLOAT);
    double value = 0;
    if (H5Aread(opened.attribute.id(), H5T_NATIVE_DOUBLE, &value) < 0)
        throw_input_error("cannot read " + describe(file, object, name));
    return value;
}

std::vector<Directory::Attribute> root_attributes(const File& file)
{
    std::vector<std::string> names;
    const auto visit = [](hid_t, const char* name, const H5A_info_t*, void* into) -> herr_t {
        static_cast<std::vector<std::string>*>(into)->emplace_back(name);
        return 0;
    };
    if (H5Aiterate_by_name(file.id(), "/", H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names, H5P_DEFAULT) < 0)
        throw_input_error(fmt::format("cannot list the attributes of {}", file.path().string()));
    std::vector<Directory::Attribute> found;
    for (const std::string& name : names)
        found.push_back({name, read_value(file, name)});
    return found;
}

}  // namespace specsweep::hdf5
