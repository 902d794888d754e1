#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace specsweep::hdf5 {

/// Where the values of every dataset of a file lie, and the attributes of its root. It stands in the seal (seal.hpp),
/// so that whoever opens thousands of our files reads them by position, without HDF5, which takes longer to open the
/// datasets of a file than to read them.
///
/// As text, one line each, numbers in decimal; a path or name ends its line, a value of type s too:
///
///   f8|i8|i4|u4|u1|sWIDTH OFFSET ROWS COLUMNS PATH    COLUMNS 0: one dimension; sWIDTH: texts of that many bytes
///   @s|@i|@f NAME VALUE                               attributes of the root
struct Directory {
    enum class Element { f8, i8, i4, u4, u1, text, other };
    struct Entry {
        std::string path;
        Element element = Element::other;
        std::int64_t element_bytes = 0, rows = 0, columns = 0;
        std::int64_t offset = -1;  ///< of the first value in the file
        /// Nothing when it does not fit into 64 bits.
        std::optional<std::int64_t> bytes() const;
    };
    using Value = std::variant<std::string, std::int64_t, double>;
    struct Attribute {
        std::string name;
        Value value;
    };

    std::vector<Entry> entries;  ///< by path
    std::vector<Attribute> attributes;

    const Entry* find(std::string_view path) const;
    const Value* attribute(std::string_view name) const;
    /// A dataset or a group that has one.
    bool contains(std::string_view path) const;

    /// Nothing where a dataset or an attribute is of a kind that has no line.
    std::optional<std::string> text() const;
    /// Nothing for a text that is none. @param file_bytes no entry lies beyond
    static std::optional<Directory> parse(std::string_view text, std::int64_t file_bytes);
};

}  // namespace specsweep::hdf5
