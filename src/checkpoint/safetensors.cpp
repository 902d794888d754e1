#include "checkpoint/safetensors.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace specsweep::checkpoint {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, std::string why)
{
    throw InputError(file.string() + " is not a valid safetensors file", std::move(why),
                     "download or convert it again");
}

/// One entry of the header while it is checked: file and name for messages.
class Entry {
public:
    Entry(const std::filesystem::path& file, const std::string& name, const Json& json)
        : file_(file), name_(name), json_(json)
    {
        if (!json.is_object())
            fail("it is not described by an object");
    }

    DType dtype() const
    {
        const Json& value = member("dtype");
        if (!value.is_string())
            fail("its dtype is not a text");
        const auto type = parse_dtype(value.get_ref<const std::string&>());
        if (!type)
            fail(fmt::format("its dtype '{}' is not known", value.get_ref<const std::string&>()));
        return *type;
    }

    std::vector<std::int64_t> numbers(const char* key) const
    {
        const Json& list = member(key);
        if (!list.is_array())
            fail(fmt::format("its {} is not a list", key));
        std::vector<std::int64_t> result;
        result.reserve(list.size());
        for (const Json& item : list) {
            if (!item.is_number_unsigned() || !std::in_range<std::int64_t>(item.get<std::uint64_t>()))
                fail(fmt::format("its {} holds {}, which is no size", key, item.dump()));
            result.push_back(item.get<std::int64_t>());
        }
        return result;
    }

    [[noreturn]] void fail(const std::string& why) const { refuse(file_, fmt::format("tensor '{}': {}", name_, why)); }

private:
    const Json& member(const char* key) const
    {
        const auto found = json_.find(key);
        if (found == json_.end())
            fail(fmt::format("its {} is missing", key));
        return *found;
    }

    const std::filesystem::path& file_;
    const std::string& name_;
    const Json& json_;
};

/// Bytes of a tensor of this shape; nothing when they overflow or are no whole number.
std::optional<std::int64_t> byte_count(const std::vector<std::int64_t>& shape, DType type)
{
    if (std::find(shape.begin(), shape.end(), 0) != shape.end())
        return 0;
    std::optional<std::int64_t> count = bits(type);
    for (const std::int64_t extent : shape)
        count = count ? multiply_if_fits(*count, extent) : std::nullopt;
    if (!count || *count % 8 != 0)
        return std::nullopt;
    return *count / 8;
}

TensorLocation location_of(const std::filesystem::path& file, const std::string& name, const Json& json,
                           std::int64_t data_size)
{
    const Entry entry(file, name, json);
    if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }))
        refuse(file, fmt::format("the tensor name {} holds control characters", Json(name).dump()));
    TensorLocation tensor{.name = name, .file = file, .dtype = entry.dtype(), .shape = entry.numbers("shape")};
    const auto offsets = entry.numbers("data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1])
        entry.fail("its data_offsets are not [begin, end] with begin <= end");
    if (offsets[1] > data_size)
        entry.fail(
            fmt::format("its bytes [{}, {}) lie outside the {} bytes of data", offsets[0], offsets[1], data_size));
    const auto bytes = byte_count(tensor.shape, tensor.dtype);
    if (bytes != offsets[1] - offsets[0])
        entry.fail(fmt::format("shape [{}] of {} does not make the {} bytes of its data_offsets",
                               fmt::join(tensor.shape, ", "), specsweep::name(tensor.dtype), offsets[1] - offsets[0]));
    tensor.offset = offsets[0];
    tensor.bytes = *bytes;
    return tensor;
}

/// @pre offsets count from the start of the data.
void check_tiling(std::vector<TensorLocation>& tensors, const std::filesystem::path& file, std::int64_t data_size)
{
    std::sort(tensors.begin(), tensors.end(), [](const TensorLocation& a, const TensorLocation& b) {
        return std::tuple(a.offset, a.bytes, std::string_view(a.name)) <
               std::tuple(b.offset, b.bytes, std::string_view(b.name));
    });
    std::int64_t end = 0;
    const std::string* before = nullptr;
    for (const TensorLocation& tensor : tensors) {
        if (tensor.offset < end)
            refuse(file, fmt::format("tensors '{}' and '{}' overlap", *before, tensor.name));
        if (tensor.offset > end)
            refuse(file,
                   fmt::format("{} bytes before tensor '{}' belong to no tensor", tensor.offset - end, tensor.name));
        end = tensor.offset + tensor.bytes;
        before = &tensor.name;
    }
    if (end != data_size)
        refuse(file, fmt::format("{} bytes at its end belong to no tensor", data_size - end));
}

}  // namespace

std::vector<TensorLocation> parse_safetensors_header(std::string_view header, const std::filesystem::path& file,
                                                     std::int64_t data_start, std::int64_t data_size)
{
    const Json json = parse_json(header, "the header of " + file.string());
    if (!json.is_object())
        refuse(file, "its header is no JSON object");
    std::vector<TensorLocation> tensors;
    for (const auto& [name, value] : json.items()) {
        if (name != "__metadata__")
            tensors.push_back(location_of(file, name, value, data_size));
        else if (!value.is_object())
            refuse(file, "its __metadata__ is no JSON object");
    }
    check_tiling(tensors, file, data_size);
    for (TensorLocation& tensor : tensors)
        tensor.offset += data_start;
    return tensors;
}

std::vector<TensorLocation> read_safetensors_header(const std::filesystem::path& path)
{
    // A pipe or device would block or never end.
    if (std::error_code ignored;
        std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
        refuse(path, "it is no regular file");
    const FileDescriptor file(path);
    constexpr std::int64_t length_bytes = 8;
    const std::int64_t size = file.size();
    if (size < length_bytes)
        refuse(path, fmt::format("it has {} bytes, too few for a header", size));
    std::array<std::byte, length_bytes> stored{};
    file.read(stored, 0);
    std::uint64_t length = 0;
    for (std::size_t i = stored.size(); i-- > 0;)
        length = length << 8U | std::to_integer<std::uint64_t>(stored[i]);
    if (std::cmp_greater(length, longest_safetensors_header))
        refuse(path, fmt::format("its header claims {} bytes, more than {}", length, longest_safetensors_header));
    const auto header_size = static_cast<std::int64_t>(length);
    if (header_size > size - length_bytes)
        refuse(path, fmt::format("its header claims {} bytes, the file has {}: truncated?", header_size, size));
    std::string header(static_cast<std::size_t>(header_size), '\0');
    file.read(std::as_writable_bytes(std::span(header)), length_bytes);
    return parse_safetensors_header(header, path, length_bytes + header_size, size - length_bytes - header_size);
}

}  // namespace specsweep::checkpoint
