#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hdf5/directory.hpp"
#include "hdf5/file.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/raw_file.hpp"

namespace specsweep::hdf5 {

/// One dataset of elements of one fixed size, in rows of one element (1-D) or of several (2-D): what columns and tables
/// have in common. Contiguous, its space reserved and filled when it is created, so that a full disk shows at once and
/// later writes touch raw bytes only. Of a file with a directory (hdf5/directory.hpp) it is read without HDF5; what is
/// created unfilled in a serial file is written and read back without it, too, from any thread.
class Dataset {
public:
    struct ByteRange {
        std::int64_t first = -1, bytes = 0;
    };
    /// Where the raw bytes of a dataset of any element type lie. @throws InputError as open()
    static ByteRange byte_range(const File&, std::string_view path);
    /// All that a directory says of it. @throws InputError as open()
    static Directory::Entry entry(const File&, std::string_view path);

    std::int64_t size() const { return size_; }  ///< rows
    std::int64_t element_bytes() const { return element_bytes_; }
    const std::string& path() const { return path_; }  ///< inside the file
    /// Where the raw bytes begin in the file; nothing for an empty dataset or one that is not contiguous.
    std::int64_t file_offset() const { return file_offset_; }

    /// Written and read without HDF5, from any thread; no memory type is looked at: even naming one calls HDF5.
    bool is_without_library() const { return raw_ != nullptr || element_.has_value(); }

protected:
    struct Shape {
        std::int64_t rows = 0;
        std::int64_t columns = 0;  ///< 0: one dimension
    };
    enum class Rank { one, two, any };

    /// @param fill one element of `memory_type`; null: nothing is filled, every element is written before it is read
    static Dataset create(File&, std::string_view path, Shape, Id file_type, Id memory_type, const void* fill);

    /// @throws InputError: missing, of another rank, external or virtual storage, or longer than what the file stores.
    static Dataset open(const File&, std::string_view path, Rank = Rank::one);

    Dataset() = default;
    /// Nothing when it is read without HDF5: then element() says what is stored.
    Handle stored_type() const;
    std::optional<Directory::Element> element() const { return element_; }
    static constexpr Id no_type = -1;
    std::int64_t row_elements() const { return columns_ == 0 ? 1 : columns_; }
    void write_raw(std::int64_t first, std::int64_t count, Id memory_type, const void* values);
    void write_raw(std::span<const std::int64_t> rows, Id memory_type, const void* values);
    void read_raw(std::int64_t first, std::int64_t count, Id memory_type, void* values) const;
    std::string describe() const;  ///< "/units/id of results/x.h5"
    [[noreturn]] void wrong_type(std::string_view expected) const;

private:
    static Dataset listed(const File&, const Directory::Entry&);
    void read_shape(Rank);
    void require_rank(Rank) const;
    Handle stored_space() const;
    Handle memory_space(std::int64_t rows) const;
    std::int64_t offset_of(std::int64_t row) const;
    std::size_t bytes_of(std::int64_t rows) const;
    void require_rows(std::int64_t first, std::int64_t count) const;
    void select(const Handle& space, std::int64_t first, std::int64_t count) const;
    Handle selection(std::span<const std::int64_t> rows) const;
    void write_selected(const Handle& stored, const Handle& memory, Id memory_type, const void* values);
    void find_storage();  ///< and checks that it is inside the file

    Handle handle_;
    Handle space_, one_;  ///< of writes: those of a unit are of one row
    std::string path_, file_name_;
    std::int64_t size_ = 0, columns_ = 0, element_bytes_ = 0, file_offset_ = -1;
    std::shared_ptr<const FileDescriptor> bytes_;  ///< where it is read without HDF5, like the next one
    std::optional<Directory::Element> element_;
    std::shared_ptr<const RawFile> raw_;  ///< where it was created unfilled
};

}  // namespace specsweep::hdf5
