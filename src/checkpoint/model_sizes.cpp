#include "checkpoint/model_sizes.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::checkpoint {

ModelSizes::ModelSizes(const Architecture& architecture, const ModelConfig& config)
    : config_(config), dense_rule_(architecture.dense_blocks)
{
    for (const SizeRule& rule : architecture.sizes) {
        if (const auto found = config.size(rule.keys)) {
            values_[rule.name] = found->value;
            origins_[rule.name] = fmt::format("{} = {}", found->key, found->value);
        } else if (rule.fallback) {
            values_[rule.name] = value(*rule.fallback);
            const std::string from = explain(*rule.fallback);
            origins_[rule.name] = rule.keys.empty() || !values_[rule.name] ? from
                                  : from.empty()
                                      ? fmt::format("{} missing, {} assumed", rule.keys[0], rule.fallback->text())
                                      : fmt::format("{} missing, {}", rule.keys[0], from);
        } else {
            values_[rule.name] = std::nullopt;
            origins_[rule.name] = rule.keys.empty() ? rule.name : rule.keys[0] + " missing";
        }
    }
    for (const FlagRule& rule : architecture.flags)
        flags_[rule.key] = config.flag(rule.key).value_or(rule.fallback);
    if (dense_rule_) {
        dense_listed_ = config.sizes(dense_rule_->except);
        const auto every = config.size(std::array{dense_rule_->every});
        sparse_every_ = std::max<std::int64_t>(1, every ? every->value : 1);
    }
}

std::optional<std::int64_t> ModelSizes::value(const SizeExpression& expression) const
{
    try {
        return expression.value([this](const std::string& name) { return value(name); });
    } catch (const InputError& error) {
        throw InputError(
            fmt::format("{}: the sizes do not fit each other", config_.source()),
            fmt::format("{}: {}, {}; {}", expression.text(), error.problem(), error.why(), explain(expression)));
    }
}

std::optional<std::int64_t> ModelSizes::value(const std::string& name) const
{
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : found->second;
}

bool ModelSizes::flag(const std::string& key) const
{
    return flags_.at(key);
}

bool ModelSizes::is_dense(int block) const
{
    return dense_rule_ && ((block + 1) % sparse_every_ != 0 ||
                           std::find(dense_listed_.begin(), dense_listed_.end(), block) != dense_listed_.end());
}

std::string ModelSizes::explain(const SizeExpression& expression) const
{
    std::vector<std::string> origins;
    for (const std::string& name : expression.names())
        if (const std::string origin = explain(name); !origin.empty())
            origins.push_back(origin);
    return join(origins, ", ");
}

std::string ModelSizes::explain(const std::string& name) const
{
    const auto found = origins_.find(name);
    return found == origins_.end() ? name : found->second;
}

}  // namespace specsweep::checkpoint
