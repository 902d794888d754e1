#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.hpp"
#include "checkpoint/matrix.hpp"

namespace specsweep::sweep {

struct BlockRange {
    std::int64_t first = 0, last = 0;  ///< both included
};

/// Which matrices of a checkpoint a sweep, or one of its quantizers, is about. Empty lists mean "all".
struct MatrixFilter {
    std::vector<checkpoint::Role> roles;
    std::vector<BlockRange> blocks;    ///< matrices outside any block (embeddings) are in none
    std::vector<std::string> include;  ///< shell patterns on the matrix name or the tensor name; one must fit
    std::vector<std::string> exclude;  ///< none may fit
    std::int64_t min_size = 1;         ///< of min(rows, cols)

    /// The key that leaves the matrix out, "roles", "exclude[1] *lm_head*"; nothing when it is selected.
    std::optional<std::string> refuses(const checkpoint::Matrix&) const;
};

/// @throws UsageError with position: unknown key or role (nearest name), a range that is none, min_size < 1.
MatrixFilter parse_matrix_filter(const YamlNode&);

}  // namespace specsweep::sweep
