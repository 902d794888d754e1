#pragma once

#include <span>

#include "base/yaml.hpp"

namespace specsweep::sweep {

/// A list, or a single value standing for a list of one. An empty list or nothing at all is an error.
inline std::span<const YamlNode> items_or_self(const YamlNode& node)
{
    if (!node.is_sequence()) {
        if (node.is_null())
            throw node.error("a value is missing", {}, "give it a value or leave the key out");
        return {&node, 1};
    }
    if (node.items().empty())
        throw node.error("the list is empty", "it would select nothing", "leave the key out for its default");
    return node.items();
}

/// Runs f; an error of the user that knows no position gets that of the node.
template <class Function>
auto located(const YamlNode& node, Function f)
{
    node.as_text();  // another kind of node is an error that says itself where it stands
    try {
        return f();
    } catch (const UsageError& error) {
        throw node.error(error.problem(), error.why(), error.suggestion());
    }
}

}  // namespace specsweep::sweep
