#include "sweep/matrix_filter.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "base/text.hpp"
#include "sweep/yaml_parts.hpp"

namespace specsweep::sweep {

namespace {

using checkpoint::Matrix;
using checkpoint::Role;

Role parse_role(const YamlNode& node)
{
    if (const auto role = checkpoint::parse_role(node.as_text()))
        return *role;
    throw node.error(fmt::format("unknown role '{}'", node.as_text()), {},
                     suggest(node.as_text(), checkpoint::role_names()));
}

BlockRange parse_block_range(const YamlNode& node)
{
    const std::string& text = node.as_text();
    const std::size_t dash = text.find('-');
    const auto first = parse_integer(text.substr(0, dash));
    const auto last = dash == std::string::npos ? first : parse_integer(text.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first)
        throw node.error(fmt::format("'{}' is not a range of blocks", text), {},
                         "write 3 or 0-11 (both ends included), or a list of these");
    return {*first, *last};
}

bool fits_pattern(const std::string& pattern, const Matrix& matrix)
{
    return glob_match(pattern, matrix.name) || glob_match(pattern, matrix.tensor);
}

bool in_some_range(const std::vector<BlockRange>& ranges, int block)
{
    return std::any_of(ranges.begin(), ranges.end(),
                       [=](const BlockRange& range) { return range.first <= block && block <= range.last; });
}

}  // namespace

std::optional<std::string> MatrixFilter::refuses(const Matrix& matrix) const
{
    if (!roles.empty() && std::find(roles.begin(), roles.end(), matrix.role) == roles.end())
        return "roles";
    if (!blocks.empty() && !in_some_range(blocks, matrix.block_index))
        return "blocks";
    if (!include.empty() && std::none_of(include.begin(), include.end(),
                                         [&](const std::string& pattern) { return fits_pattern(pattern, matrix); }))
        return "include";
    for (std::size_t i = 0; i < exclude.size(); ++i)
        if (fits_pattern(exclude[i], matrix))
            return fmt::format("exclude[{}]: {}", i, exclude[i]);
    if (std::min(matrix.slice.rows, matrix.slice.cols) < min_size)
        return "min_size";
    return std::nullopt;
}

MatrixFilter parse_matrix_filter(const YamlNode& node)
{
    static const std::vector<std::string> keys{"roles", "blocks", "include", "exclude", "min_size"};
    node.reject_unknown_keys(keys);
    MatrixFilter filter;
    if (const YamlNode* roles = node.find("roles"))
        for (const YamlNode& role : items_or_self(*roles))
            filter.roles.push_back(parse_role(role));
    if (const YamlNode* blocks = node.find("blocks"))
        for (const YamlNode& range : items_or_self(*blocks))
            filter.blocks.push_back(parse_block_range(range));
    if (const YamlNode* include = node.find("include"))
        for (const YamlNode& pattern : items_or_self(*include))
            filter.include.push_back(pattern.as_text());
    if (const YamlNode* exclude = node.find("exclude"))
        for (const YamlNode& pattern : items_or_self(*exclude))
            filter.exclude.push_back(pattern.as_text());
    if (const YamlNode* size = node.find("min_size")) {
        filter.min_size = size->as_integer();
        if (filter.min_size < 1)
            throw size->error("min_size must be at least 1", "a matrix without elements has no spectrum");
    }
    return filter;
}

}  // namespace specsweep::sweep
