#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace specsweep {

/// Where a value stands in its file; line and column count from 1.
struct YamlPosition {
    std::shared_ptr<const std::string> source;
    int line = 0;
    int column = 0;

    /// "jobs/a.yaml:3:7"
    std::string text() const;
};

struct YamlEntry;

/// A YAML document as a tree that knows where everything stood. Aliases are expanded (bounded), tags ignored.
class YamlNode {
public:
    enum class Kind { null, scalar, sequence, mapping };
    using Entry = YamlEntry;

    Kind kind() const { return kind_; }
    bool is_null() const { return kind_ == Kind::null; }
    bool is_scalar() const { return kind_ == Kind::scalar; }
    bool is_sequence() const { return kind_ == Kind::sequence; }
    bool is_mapping() const { return kind_ == Kind::mapping; }
    const YamlPosition& position() const { return position_; }

    /// Text of a scalar. The as_… functions throw UsageError with file:line:column and what was expected.
    const std::string& as_text() const;
    std::int64_t as_integer() const;
    double as_double() const;
    bool as_boolean() const;
    std::span<const YamlNode> items() const;  ///< of a sequence
    std::span<const Entry> entries() const;   ///< of a mapping, in the order of the file

    /// nullptr where a mapping lacks the key.
    const YamlNode* find(std::string_view key) const;
    /// @throws UsageError naming the key that must be there.
    const YamlNode& at(std::string_view key) const;
    /// @throws UsageError for a key that is not in `known`, with the nearest one.
    void reject_unknown_keys(std::span<const std::string> known) const;
    /// An error about this value: "FILE:LINE:COLUMN: problem (why) suggestion".
    UsageError error(const std::string& problem, std::string why = {}, std::string suggestion = {}) const;

    Kind kind_ = Kind::null;
    YamlPosition position_;
    std::string scalar_;
    std::vector<YamlNode> items_;
    std::vector<Entry> entries_;
};

/// A key of a mapping and its value.
struct YamlEntry {
    YamlNode first;
    YamlNode second;
};

/// @throws UsageError with position: syntax, duplicate keys, more than 10⁶ values (an alias bomb), not UTF-8.
YamlNode parse_yaml(std::string_view text, std::string_view source);

}  // namespace specsweep
