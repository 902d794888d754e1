#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/file.hpp"
#include "hdf5/directory.hpp"

namespace specsweep::hdf5 {

/// Bytes before the HDF5 part of a file (its user block), which h5py and h5dump skip.
inline constexpr std::int64_t seal_bytes = 4096;

/// Writes into the user block where raw data lie and the CRC-32 of everything else. All metadata of our files are
/// written before the first number and never change, so that a flipped bit among them is found before HDF5 reads them:
/// its parser trusts what it finds (version 1.10 reads beyond its buffers on damaged headers).
///
///   offset 0  "specsweep seal 1"   16 bytes
///          16 CRC-32 of what follows and of all bytes outside the ranges, little-endian   4 bytes
///          20 number of ranges     4 bytes
///          24 ranges: first byte, bytes, ascending and apart   16 bytes each; the first is the superblock's
///             open-for-write mark (4 bytes), the others are raw data
///   behind them length of the directory (4 bytes) and its text (directory.hpp); 0 where it would not fit
///
/// The file must be closed by HDF5. Not collective. @throws IoError
void seal(const std::filesystem::path& path);
/// The same without asking HDF5 again. @param directory File::created(), after the last dataset and attribute
void seal(const std::filesystem::path& path, const Directory& directory);

/// A file whose seal has a directory, open for reading.
struct SealedFile {
    FileDescriptor bytes;
    Directory directory;
};

/// Nothing for a file without a directory, or without a seal (repacked by somebody else). Not collective.
/// @throws InputError when the seal does not fit;  IoError
std::shared_ptr<const SealedFile> check_seal(const std::filesystem::path& path);

}  // namespace specsweep::hdf5
