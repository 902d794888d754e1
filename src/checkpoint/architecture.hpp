#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checkpoint/name_pattern.hpp"
#include "checkpoint/role.hpp"
#include "checkpoint/size_expression.hpp"
#include "checkpoint/slice.hpp"

namespace specsweep::checkpoint {

/// A named size: the first key of config.json that is there (null = missing), else an expression of earlier sizes.
struct SizeRule {
    std::string name;
    std::vector<std::string> keys;
    std::optional<SizeExpression> fallback;
};

/// A key of config.json that is true or false.
struct FlagRule {
    std::string key;
    bool fallback = false;
};

/// Blocks of a mixture-of-experts model that have no experts: those that the list under config key `except` names, and
/// those whose number from 1 is no multiple of config key `every` (1 when missing).
struct DenseBlocksRule {
    std::string except, every;
};

enum class BlockKind { any, dense, sparse };

/// One logical matrix of a fused tensor.
struct PartRule {
    std::string slice;
    Role role = Role::other;
    SizeExpression rows;  ///< of one group
};

/// How a tensor becomes matrices. The [out, in] plane's out axis is `groups` times the parts one after another:
/// thirds have one group, per-head fusing one a head, alternating columns one a pair.
struct MatrixRule {
    NamePattern pattern;
    std::vector<std::pair<std::string, bool>> when;  ///< flags that must have this value
    BlockKind blocks = BlockKind::any;
    Orientation orientation = Orientation::out_in;
    std::optional<SizeExpression> stacked;  ///< extent of a leading axis of experts
    std::string block_count;                ///< size that bounds {block}
    std::string expert_count;               ///< size that bounds {expert}
    SizeExpression in;
    SizeExpression groups;
    std::vector<PartRule> parts;  ///< one with slice "" = the whole plane
};

/// `name` shares its values with `of`: when the flag `key` says so (or `fallback`, when it is missing); with an empty
/// key always. Only in checkpoints that hold a tensor that fits `present` ("" = any).
struct TieRule {
    std::string name, of;
    std::string key;
    bool fallback = true;
    std::string present;
};

struct SkipRule {
    NamePattern pattern;
    std::string reason;
};

/// What one model_type stores under which names (docs/architectures.md is the format of the files).
struct Architecture {
    std::string model_type;
    std::vector<std::string> prefixes;  ///< of wrappers; a name may have them, in this order, or not
    std::vector<SizeRule> sizes;
    std::vector<FlagRule> flags;
    std::optional<DenseBlocksRule> dense_blocks;
    std::vector<MatrixRule> matrices;
    std::vector<TieRule> ties;
    std::vector<SkipRule> skips;
};

/// @throws UsageError with source:line:column.
Architecture parse_architecture(std::string_view text, std::string_view source);

/// The name without wrapper prefixes (`module.`, `_orig_mod.`, then the family's).
std::string_view without_prefixes(const Architecture& architecture, std::string_view name);

}  // namespace specsweep::checkpoint
