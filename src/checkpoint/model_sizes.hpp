#pragma once

#include <map>
#include <optional>
#include <string>

#include "checkpoint/architecture.hpp"
#include "checkpoint/model_config.hpp"

namespace specsweep::checkpoint {

/// The named sizes and flags of one architecture, filled from one config.json.
class ModelSizes {
public:
    /// @throws InputError: a value of the config is no size, or sizes do not divide.
    ModelSizes(const Architecture& architecture, const ModelConfig& config);

    /// Nothing when config.json does not say enough. @throws InputError: the sizes do not fit each other.
    std::optional<std::int64_t> value(const SizeExpression& expression) const;
    std::optional<std::int64_t> value(const std::string& name) const;

    bool flag(const std::string& key) const;
    bool is_dense(int block) const;

    /// Where the numbers come from: "num_attention_heads = 6, hidden_size = 24"; missing keys as "head_dim missing".
    std::string explain(const SizeExpression& expression) const;
    std::string explain(const std::string& name) const;
    const std::string& source() const { return config_.source(); }

private:
    const ModelConfig& config_;
    std::map<std::string, std::optional<std::int64_t>> values_;
    std::map<std::string, std::string> origins_;
    std::map<std::string, bool> flags_;
    std::optional<DenseBlocksRule> dense_rule_;
    std::vector<std::int64_t> dense_listed_;
    std::int64_t sparse_every_ = 1;
};

}  // namespace specsweep::checkpoint
