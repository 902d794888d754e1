#include "hdf5/seal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
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

/// What may change: raw data of every dataset in the groups of the root, and the mark; ascending, neighbours joined.
std::vector<Range> raw_ranges(const std::filesystem::path& path)
{
    const File file = File::open(path, Access::read);
    std::vector<Range> found{open_mark};
    for (const std::string& group : file.names("/"))
        for (const std::string& name : file.names("/" + group)) {
            const Dataset::ByteRange range = Dataset::byte_range(file, "/" + group + "/" + name);
            if (range.first >= 0 && range.bytes > 0)
                found.push_back({range.first, range.bytes});
        }
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
    std::vector<std::byte> buffer(std::size_t{1} << 16U);
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

}  // namespace

void seal(const std::filesystem::path& path)
{
    const std::vector<Range> ranges = raw_ranges(path);
    if (ranges.size() > most_ranges || (!ranges.empty() && ranges.front().first < seal_bytes))
        throw InternalError("a result file has a layout that cannot be sealed");
    std::vector<std::byte> block(seal_bytes);
    put(block, 0, magic);
    put(block, count_at, static_cast<std::uint32_t>(ranges.size()));
    for (std::size_t i = 0; i < ranges.size(); ++i)
        put(block, ranges_at + i * sizeof(Range), ranges[i]);
    put(block, crc_at, crc_of_metadata(FileDescriptor(path), block, ranges));
    write_block(path, block);
}

void check_seal(const std::filesystem::path& path)
{
    const FileDescriptor file(path);
    std::vector<std::byte> block(seal_bytes);
    if (file.size() < seal_bytes)
        return;
    file.read(block, 0);
    if (const auto first = get<std::array<char, 16>>(block, 0); first != magic) {
        // Without a seal: what somebody else wrote, and our files before they are published.
        if (first == std::array<char, 16>{} || !has_superblock(file, seal_bytes))
            return;
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
        if (ranges[i].first > file.size() || ranges[i].bytes > file.size() - ranges[i].first)
            throw InputError(fmt::format("cannot open {}", path.string()), "the file is truncated");
        at = ranges[i].first + ranges[i].bytes;
    }
    if (at > file.size() || get<std::uint32_t>(block, crc_at) != crc_of_metadata(file, block, ranges))
        broken(path);
}

}  // namespace specsweep::hdf5
