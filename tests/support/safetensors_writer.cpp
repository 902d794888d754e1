#include "support/safetensors_writer.hpp"

#include <bit>
#include <fstream>
#include <stdexcept>

#include "base/json.hpp"

namespace specsweep {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

void SafetensorsWriter::add(const std::string& name, DType dtype, std::vector<std::int64_t> shape,
                            std::span<const std::byte> bytes)
{
    const std::size_t first = data_.size();
    data_.insert(data_.end(), bytes.begin(), bytes.end());
    entries_.push_back({name, dtype, std::move(shape), first, data_.size()});
}

std::string SafetensorsWriter::header() const
{
    Json header = Json::object();
    header["__metadata__"] = {{"format", "pt"}};
    for (const Entry& entry : entries_) {
        header[entry.name] = {
            {"dtype", name(entry.dtype)}, {"shape", entry.shape}, {"data_offsets", {entry.first, entry.last}}};
    }
    std::string text = header.dump();
    // The format wants the data aligned to 8 bytes; the header is padded with blanks.
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
}

void SafetensorsWriter::write(const std::filesystem::path& path) const
{
    const std::string text = header();
    write_safetensors(path, text.size(), text, data_);
}

void write_safetensors(const std::filesystem::path& path, std::uint64_t header_length, std::string_view header,
                       std::span<const std::byte> data)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(&header_length), sizeof header_length);
    file.write(header.data(), static_cast<std::streamsize>(header.size()));
    file.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
    if (!file.flush())
        throw std::runtime_error("cannot write " + path.string());
}

}  // namespace specsweep
