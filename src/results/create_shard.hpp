#pragma once

#include <filesystem>
#include <string>

#include "base/json_forward.hpp"
#include "hdf5/file.hpp"
#include "results/contents.hpp"
#include "results/durability.hpp"

namespace specsweep::results {

/// What the plan says that must not stand in an aggregate: paths, cut, machine (JSON text for /provenance/plan).
Json plan_provenance(const sweep::Plan&);

/// A whole shard file with everything pending, closed and durable, at exactly `path` (which must not exist). One rank.
/// @throws IoError: no space (checked before the first byte), no permission.
void create_shard_file(const std::filesystem::path& path, const Contents&, const std::string& provenance);

/// Of a file that is to be written; `.` for a plain name.
std::filesystem::path folder_of(const std::filesystem::path& file);

/// A name beside `target` for a file that is not ready: hidden, never taken for a shard file.
std::filesystem::path temporary_beside(const std::filesystem::path& target);

/// fsync of a file or a folder. A file system that cannot sync a folder (EINVAL) has done what it can. @throws IoError
void make_durable(const std::filesystem::path&);

/// Makes the bytes durable, gives the file its name and makes that durable, too. @throws IoError
void publish(const std::filesystem::path& temporary, const std::filesystem::path& target, Durable = Durable::yes);

/// The same for a result file: its metadata get their checksum first (hdf5/seal.hpp).
void seal_and_publish(const std::filesystem::path& temporary, const std::filesystem::path& target,
                      Durable = Durable::yes);

/// @throws IoError when the folder of `target` is missing or not writable ("output folder …").
void require_writable_folder(const std::filesystem::path& target);

}  // namespace specsweep::results
