#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace specsweep {

/// How far a transfer came.
struct Transfer {
    std::size_t bytes = 0;
    int error = 0;  ///< errno of what stopped it; 0: nothing did
};

/// pread and pwrite until all is moved: they may stop early (2 GiB at most on Linux, signals, disks that fill up).
/// Safe from several threads at different places.
/// A read without error that moved fewer bytes than asked met the end of the file.
Transfer read_at(int handle, std::span<std::byte> bytes, std::int64_t offset);
Transfer write_at(int handle, std::span<const std::byte> bytes, std::int64_t offset);

}  // namespace specsweep
