#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5/dataset.hpp"

namespace specsweep::hdf5 {

/// A 1-D dataset of UTF-8 strings of one fixed size, padded with zero bytes (never variable-length: those live in
/// heaps, which a killed run could leave half written).
class TextColumn : public Dataset {
public:
    TextColumn() = default;

    /// All elements empty. @param width bytes of each, ≥ 1  @throws IoError
    static TextColumn create(File&, std::string_view path, std::int64_t size, std::int64_t width);
    /// The same for what is written whole. @pre every element is written before it is read
    static TextColumn create_unfilled(File&, std::string_view path, std::int64_t size, std::int64_t width);
    /// @throws InputError: missing, not fixed-size UTF-8 or ASCII strings, see Dataset.
    static TextColumn open(const File&, std::string_view path);

    std::int64_t width() const { return element_bytes(); }

    /// Independent. What is longer than width() is cut before a whole character. @throws IoError
    void write(std::int64_t first, std::span<const std::string> values);
    void write(std::int64_t row, const std::string& value) { write(row, std::span<const std::string>(&value, 1)); }
    /// Elements as they are stored, width() bytes each, one after another. @pre whole UTF-8 characters, zeros behind
    void write_padded(std::int64_t first, std::span<const char> elements);
    std::vector<std::string> read(std::int64_t first, std::int64_t count) const;
    std::string read(std::int64_t row) const { return read(row, 1).front(); }
    std::vector<std::string> read_all() const;

private:
    explicit TextColumn(Dataset&& base) : Dataset(std::move(base)) {}
};

/// The longest prefix of `text` that has at most `most` bytes and ends with a whole UTF-8 character.
std::string_view cut_utf8(std::string_view text, std::size_t most);

}  // namespace specsweep::hdf5
