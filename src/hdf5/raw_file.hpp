#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace specsweep::hdf5 {

/// The bytes of a file that HDF5 has open as well: values of contiguous datasets whose place is known, by position.
/// Safe from several threads at different places.
class RawFile {
public:
    /// @throws IoError: missing, no permission
    explicit RawFile(const std::filesystem::path&);
    ~RawFile();
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;

    /// @throws IoError, also when the file ends before
    void read(std::span<std::byte> bytes, std::int64_t offset) const;
    /// @throws IoError: no space
    void write(std::span<const std::byte> bytes, std::int64_t offset) const;

private:
    std::filesystem::path path_;
    int handle_ = -1;
};

}  // namespace specsweep::hdf5
