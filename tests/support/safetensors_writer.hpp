#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.hpp"

namespace specsweep {

/// Writes small safetensors files: 8 bytes little-endian header length, JSON header, tensors one after another.
///
///     SafetensorsWriter writer;
///     writer.add("weight", DType::f32, {2, 3}, std::span<const float>(values));
///     writer.write(folder / "model.safetensors");
///
/// Source: huggingface/safetensors, README "Format".
class SafetensorsWriter {
public:
    void add(const std::string& name, DType dtype, std::vector<std::int64_t> shape, std::span<const std::byte> bytes);

    /// Elements as they lie in memory: float for F32, std::uint16_t bit patterns for BF16 and F16, …
    template <class T>
    void add(const std::string& name, DType dtype, std::vector<std::int64_t> shape, std::span<const T> values)
    {
        add(name, dtype, std::move(shape), std::as_bytes(values));
    }

    /// The JSON text that write() will put first: take it, damage it, and give it to write_safetensors().
    std::string header() const;
    const std::vector<std::byte>& data() const noexcept { return data_; }

    void write(const std::filesystem::path& path) const;

private:
    struct Entry {
        std::string name;
        DType dtype;
        std::vector<std::int64_t> shape;
        std::size_t first, last;
    };
    std::vector<Entry> entries_;
    std::vector<std::byte> data_;
};

/// Any header with any bytes, right or wrong. @param header_length what the first 8 bytes claim.
void write_safetensors(const std::filesystem::path& path, std::uint64_t header_length, std::string_view header,
                       std::span<const std::byte> data);

}  // namespace specsweep
