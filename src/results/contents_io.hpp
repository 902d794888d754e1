#pragma once

#include "hdf5/file.hpp"
#include "results/contents.hpp"

namespace specsweep::results {

/// Root attributes of a new file but for static_crc. @throws IoError
void write_header(hdf5::File&, const Header&);

/// @throws InputError: not a result file, or a newer format_version.
Header read_header(const hdf5::File&);

/// The lookup tables, into a new file. @throws IoError
void write_lookup_tables(hdf5::File&, const Contents&);

/// The lookup tables, the static columns of /units, and static_crc, into a new file. @throws IoError
void write_tables(hdf5::File&, const Contents&);

/// Everything static, every index checked against its table. static_crc is not compared (a reader can do without).
/// @throws InputError
Contents read_contents(const hdf5::File&);

std::uint32_t stored_static_crc(const hdf5::File&);

}  // namespace specsweep::results
