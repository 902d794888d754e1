#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/checkpoint_list.hpp"
#include "sweep/expression.hpp"
#include "sweep/fields.hpp"
#include "sweep/matrix_filter.hpp"
#include "sweep/quantizer_axes.hpp"

namespace specsweep::sweep {

/// How a plan is cut: a number of shards, or as many as last about `minutes` each.
struct ShardRequest {
    std::optional<std::int64_t> count;
    std::optional<double> minutes;
};

/// An exclude rule as it stands in the manifest.
struct ExcludeRule {
    std::string name;  ///< "exclude[0]: bits == 2 and block > 64"
    Expression condition;
};

/// A named value of a point, computed from its fields; may use other derived values.
struct DerivedField {
    std::string name;
    std::size_t slot;  ///< in Manifest::fields
    Expression value;
};

/// What to compute (docs/manifest.md): text with positions resolved into types; nothing of a checkpoint is read yet.
struct Manifest {
    std::string name;
    std::filesystem::path folder;  ///< what relative paths start from
    std::vector<ManifestCheckpoint> checkpoints;
    std::vector<std::filesystem::path> architecture_files;  ///< absolute; descriptions of further model types
    MatrixFilter matrices;
    std::vector<QuantizerEntry> quantizers;
    std::vector<ExcludeRule> exclude;
    std::vector<QuantizerEntry> include;
    std::vector<DerivedField> derive;  ///< in an order in which each uses only earlier ones
    FieldCatalogue fields;             ///< the built-in ones, then those of `derive`
    double tolerance = 1e-4;
    std::string certificate = "probabilistic";
    std::int64_t seed = 0;
    std::string metrics = "full";
    ShardRequest shards;
};

/// @throws IoError, UsageError with file:line:column, the accepted values and the nearest name.
Manifest read_manifest(const std::filesystem::path&);

/// @param source how messages name the text;  @param folder what relative checkpoint paths start from
/// @param default_name of a manifest that has no `name`
Manifest parse_manifest(std::string_view text, std::string_view source, const std::filesystem::path& folder,
                        std::string default_name = "sweep");

/// `run --checkpoint DIR… --quantizer TEXT… [--role …]`: the same sweep as a manifest.
struct ManifestArguments {
    std::string name = "sweep";
    std::vector<std::filesystem::path> checkpoints;  ///< relative to the working folder
    std::vector<std::string> quantizers;
    std::vector<std::string> roles;
    std::vector<std::filesystem::path> architecture_files;
    std::optional<double> tolerance;
    std::optional<std::string> certificate;
    std::optional<std::int64_t> seed;
};

/// The YAML text of those arguments, to be parsed and to be kept beside the result.
std::string manifest_text(const ManifestArguments&);
Manifest manifest_from_arguments(const ManifestArguments&);

}  // namespace specsweep::sweep
