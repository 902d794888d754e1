#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace specsweep::checkpoint {

/// Integer arithmetic over named sizes: `heads * head_size`, `4 * hidden`, `positions + 2`, `hidden / heads`.
/// Operators + - * / and parentheses; a division must leave no rest.
class SizeExpression {
public:
    using Lookup = std::function<std::optional<std::int64_t>(const std::string& name)>;

    /// @throws UsageError: no expression.
    static SizeExpression parse(std::string_view text);

    const std::string& text() const { return text_; }
    const std::set<std::string>& names() const { return names_; }

    /// Nothing when a name has no value. @throws InputError: overflow, a division with rest or by zero, below zero.
    std::optional<std::int64_t> value(const Lookup& lookup) const;

    struct Node;

private:
    std::string text_;
    std::set<std::string> names_;
    std::shared_ptr<const Node> root_;
};

}  // namespace specsweep::checkpoint
