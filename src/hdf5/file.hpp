#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5/handle.hpp"
#include "hdf5/raw_file.hpp"
#include "hdf5/seal.hpp"
#include "mpi/communicator.hpp"
#include "mpi/unwinding.hpp"

namespace specsweep::hdf5 {

enum class Access { read, write };

/// Of a file that File::open_listed() gave: it asks for what its directory does not say.
struct NeedsLibrary : std::exception {
    const char* what() const noexcept override { return "the directory of the file does not say all that is asked"; }
};

/// One open HDF5 file. Default version bounds, so that no open-for-write mark is ever set; object times are never
/// stored. Of a sealed file with a directory, HDF5 opens only what the directory does not say.
///
/// A serial file is closed by the destructor. A parallel one is closed collectively: by close(), or by the destructor
/// unless an exception flies (another rank may not be there to take part).
/// Datasets and groups must be released before their file.
class File {
public:
    /// A new file; it must not exist. All metadata up to `metadata_bytes` lie together at its start.
    /// @throws IoError
    static File create(const std::filesystem::path&, std::int64_t metadata_bytes = 2048);

    /// @throws IoError: missing, no permission;  InputError: not HDF5, truncated, damaged.
    static File open(const std::filesystem::path&, Access);

    /// The same for reading a sealed file with a directory, without any call of HDF5, then and later: several threads
    /// may read such files at once. Nothing where it has none; what the directory does not say throws NeedsLibrary.
    static std::optional<File> open_listed(const std::filesystem::path&);

    /// Collective: read and write through MPI-IO. Every rank must be able to reach the file (checked, agreed by the
    /// caller).
    /// @throws IoError
    static File open_parallel(const std::filesystem::path&, const mpi::Communicator&);

    ~File();
    File(File&&) noexcept;
    File& operator=(File&&) noexcept;

    const std::filesystem::path& path() const { return path_; }
    Id id() const;
    std::int64_t size_bytes() const;  ///< of the file, with what is allocated and not yet written

    /// Of a file that is read by its directory; null: by HDF5.
    const Directory* directory() const { return sealed_ ? &sealed_->directory : nullptr; }
    const Directory::Entry* listed(std::string_view path) const { return sealed_ ? directory()->find(path) : nullptr; }
    std::shared_ptr<const FileDescriptor> sealed_bytes() const { return {sealed_, &sealed_->bytes}; }

    /// Its bytes beside HDF5, for datasets whose place is known; null for a parallel file.
    std::shared_ptr<const RawFile> raw();

    void create_group(std::string_view name);
    bool contains(std::string_view object_path) const;             ///< every step of "/units/id" exists
    std::vector<std::string> names(std::string_view group) const;  ///< of its members, in byte order

    /// Every dataset made through this object, by path, and the attributes of the root: all that a new file has, once
    /// it is written.
    Directory created() const;
    void note_created(Directory::Entry entry) { created_.push_back(std::move(entry)); }

    void flush();
    /// @throws IoError when HDF5 could not write what was left.
    void close();

private:
    File(std::filesystem::path path, Handle handle, bool collective);
    void drop() noexcept;

    std::filesystem::path path_;
    mutable Handle handle_;  ///< of a sealed file: empty until it is asked for
    std::shared_ptr<const SealedFile> sealed_;
    std::shared_ptr<const RawFile> raw_;  ///< once it was asked for
    std::vector<Directory::Entry> created_;
    bool collective_ = false;
    bool listed_only_ = false;
    mpi::Unwinding unwinding_;
};

}  // namespace specsweep::hdf5
