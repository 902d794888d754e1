#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.hpp"

namespace specsweep::sweep {

/// One checkpoint folder that exists, found from a path or a pattern of the manifest.
struct ManifestCheckpoint {
    std::string id;
    std::filesystem::path path;  ///< absolute
    std::optional<std::int64_t> step;
    std::optional<std::filesystem::path> token_counts;  ///< absolute: adds the token-weighted embedding
    YamlNode node;                                      ///< for messages
};

/// The list under `checkpoints`: texts or {path, id, step, token_counts}. Patterns give one checkpoint a folder, in
/// natural order (step2 before step10), trajectories by step. The default id is the path relative to `folder`.
/// @throws UsageError with position: an unset variable, nothing found, no number in a name, two equal (id, step).
std::vector<ManifestCheckpoint> parse_checkpoints(const YamlNode&, const std::filesystem::path& folder);

/// `${NAME}` by the environment, a leading `~` by HOME. @throws UsageError naming the variable that is not set.
std::string expand_variables(std::string_view text);

/// The file that a manifest names, absolute. @throws UsageError with position when there is none.
std::filesystem::path existing_file(const YamlNode&, std::string_view what, const std::filesystem::path& folder);

/// Folders that fit a pattern with `*` and `?` in any of its components, naturally sorted. Hidden ones only where the
/// component begins with a dot.
std::vector<std::filesystem::path> matching_folders(const std::filesystem::path& pattern);

}  // namespace specsweep::sweep
