#include "hdf5/seal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "hdf5/attribute.hpp"
#include "hdf5/dataset.hpp"
#include "hdf5/file.hpp"

namespace specsweep::hdf5 {
namespace {

constexpr std::array<char, 16> magic{'s', 'p', 'e', 'c', 's', 'w', 'e', 'e', 'p', ' ', 's', 'e', 'a', 'l', ' ', '1'};
constexpr std::size_t crc_at = 16;
constexpr std::size_t count_at = 20;
constexpr std::size_t ranges_at = 24;

struct Range {
    std::int64_t first;
    std::int64_t bytes;
};
/// The superblock's open-for-write mark: HDF5 sets it while a serial writer has the file, and heeds it in no file of
/// ours.
constexpr Range open_mark{seal_bytes + 20, 4};

constexpr std::size_t most_ranges = (seal_bytes - ranges_at) / sizeof(Range);

/// Every dataset in the groups of the root, and its attributes.
Directory list(const std::filesystem::path& path)
{
    const File file = File::open(path, Access::read);
    Directory found;
    found.attributes = root_attributes(file);
    for (const std::string& group : file.names("/"))
        for (const std::string& name : file.names("/" + group))
            found.entries.push_back(Dataset::entry(file, "/" + group + "/" + name));
    return found;
}

/// What may change: raw data of every dataset, and the mark; ascending, neighbours joined.
std::vector<Range> raw_ranges(const Directory& directory)
{
    std::vector<Range> found{open_mark};
    for (const Directory::Entry& entry : directory.entries)
        if (entry.offset >= 0 && entry.rows > 0)
            found.push_back({entry.offset, entry.bytes().value()});
    std::sort(found.begin(), found.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    std::vector<Range> joined;
    for (const Range& range : found) {
        if (!joined.empty() && joined.back().first + joined.back().bytes == range.first)
            joined.back().bytes += range.bytes;
        else
            joined.push_back(range);
    }
    return joined;
}

std::uint32_t crc_of_bytes(const FileDescriptor& file, std::int64_t from, std::int64_t to, std::uint32_t crc)
{
    std::array<std::byte, std::size_t{1} << 14U>
        buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read before use
    while (from < to) {
        const auto piece =
            std::span(buffer).first(static_cast<std::size_t>(std::min<std::int64_t>(to - from, std::ssize(buffer))));
        file.read(piece, from);
        crc = crc32(piece, crc);
        from += std::ssize(piece);
    }
    return crc;
}

std::uint32_t crc_of_metadata(const FileDescriptor& file, std::span<const std::byte> block,
                              std::span<const Range> ranges)
{
    std::uint32_t crc = crc32(block.subspan(count_at));
    std::int64_t at = seal_bytes;
    for (const Range& range : ranges) {
        crc = crc_of_bytes(file, at, range.first, crc);
        at = range.first + range.bytes;
    }
    return crc_of_bytes(file, at, file.size(), crc);
}

template <class T>
void put(std::span<std::byte> block, std::size_t at, const T& value)
{
    std::memcpy(block.data() + at, &value, sizeof(T));
}

template <class T>
T get(std::span<const std::byte> block, std::size_t at)
{
    T value;
    std::memcpy(&value, block.data() + at, sizeof(T));
    return value;
}

std::size_t directory_at(std::size_t ranges)
{
    return ranges_at + ranges * sizeof(Range);
}

/// Nothing where it does not fit.
void put_directory(std::span<std::byte> block, std::size_t at, const Directory& directory)
{
    const std::string text = directory.text().value_or("");
    if (at + sizeof(std::uint32_t) + text.size() > block.size())
        return;
    put(block, at, static_cast<std::uint32_t>(text.size()));
    std::memcpy(block.data() + at + sizeof(std::uint32_t), text.data(), text.size());
}

void write_block(const std::filesystem::path& path, std::span<const std::byte> block)
{
    const int handle = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    const ssize_t written = handle < 0 ? -1 : ::pwrite(handle, block.data(), block.size(), 0);
    const int failure = errno;
    if (handle >= 0)
        ::close(handle);
    if (written != std::ssize(block))
        throw IoError("cannot write " + path.string(), system_message(failure));
}

/// HDF5's superblock begins at that byte: the file has a user block, as only ours have.
bool has_superblock(const FileDescriptor& file, std::int64_t at)
{
    constexpr std::array<char, 8> signature{'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    std::array<char, signature.size()> found{};
    if (file.size() < at + std::ssize(found))
        return false;
    file.read(std::as_writable_bytes(std::span(found)), at);
    return found == signature;
}

[[noreturn]] void broken(const std::filesystem::path& path)
{
    throw InputError(fmt::format("cannot open {}", path.string()),
                     "its metadata are damaged: they do not fit their checksum");
}

/// @throws InputError when what stands there is none
std::shared_ptr<const SealedFile> with_directory(FileDescriptor&& file, std::span<const std::byte> block,
                                                 std::size_t at)
{
    if (std::endian::native != std::endian::little || at + sizeof(std::uint32_t) > block.size())
        return nullptr;
    const auto length = get<std::uint32_t>(block, at);
    at += sizeof(std::uint32_t);
    if (length == 0)
        return nullptr;
    if (length > block.size() - at)
        broken(file.path());
    const std::string_view text(reinterpret_cast<const char*>(block.data()) + at, length);
    auto directory = Directory::parse(text, file.size());
    if (!directory)
        broken(file.path());
    return std::make_shared<const SealedFile>(SealedFile{std::move(file), std::move(*directory)});
}

}  // namespace

void seal(const std::filesystem::path& path)
{
    seal(path, list(path));
}

void seal(const std::filesystem::path& path, const Directory& directory)
{
    const std::vector<Range> ranges = raw_ranges(directory);
    if (ranges.size() > most_ranges || (!ranges.empty() && ranges.front().first < seal_bytes))
        throw InternalError("a result file has a layout that cannot be sealed");
    std::vector<std::byte> block(seal_bytes);
    put(block, 0, magic);
    put(block, count_at, static_cast<std::uint32_t>(ranges.size()));
    for (std::size_t i = 0; i < ranges.size(); ++i)
        put(block, ranges_at + i * sizeof(Range), ranges[i]);
    put_directory(block, directory_at(ranges.size()), directory);
    put(block, crc_at, crc_of_metadata(FileDescriptor(path), block, ranges));
    write_block(path, block);
}

std::shared_ptr<const SealedFile> check_seal(const std::filesystem::path& path)
{
    FileDescriptor file(path);
    std::vector<std::byte> block(seal_bytes);
    const std::int64_t size = file.size();
    if (size < seal_bytes)
        return nullptr;
    file.read(block, 0);
    if (const auto first = get<std::array<char, 16>>(block, 0); first != magic) {
        // Without a seal: what somebody else wrote, and our files before they are published.
        if (first == std::array<char, 16>{} || !has_superblock(file, seal_bytes))
            return nullptr;
        broken(path);
    }
    const auto count = get<std::uint32_t>(block, count_at);
    if (count > most_ranges)
        broken(path);
    std::vector<Range> ranges(count);
    std::int64_t at = seal_bytes;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        ranges[i] = get<Range>(block, ranges_at + i * sizeof(Range));
        if (ranges[i].first < at || ranges[i].bytes < 0)
            broken(path);
        if (ranges[i].first > size || ranges[i].bytes > size - ranges[i].first)
            throw InputError(fmt::format("cannot open {}", path.string()), "the file is truncated");
        at = ranges[i].first + ranges[i].bytes;
    }
    if (at > size || get<std::uint32_t>(block, crc_at) != crc_of_metadata(file, block, ranges))
        broken(path);
    return with_directory(std::move(file), block, directory_at(count));
}

}  // namespace specsweep::hdf5
