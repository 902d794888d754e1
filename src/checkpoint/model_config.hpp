#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_forward.hpp"

namespace specsweep::checkpoint {

/// A model's config.json: what the registry asks of it. A key that is null counts as missing.
class ModelConfig {
public:
    struct Value {
        std::string key;  ///< which of the keys stood there
        std::int64_t value = 0;
    };

    /// @param source what messages call it.  @throws InputError: no JSON object.
    static ModelConfig parse(std::string_view text, std::string_view source);

    const std::string& source() const { return source_; }
    /// "" when config.json does not say.
    const std::string& model_type() const { return model_type_; }

    /// The first of the keys that is there. @throws InputError when its value is no size (an integer in 0…2⁴⁰).
    std::optional<Value> size(std::span<const std::string> keys) const;
    /// @throws InputError when the value is neither true nor false.
    std::optional<bool> flag(std::string_view key) const;
    /// Empty when missing. @throws InputError when the value is no list of sizes.
    std::vector<std::int64_t> sizes(std::string_view key) const;

private:
    const Json* find(std::string_view key) const;

    std::string source_;
    std::string model_type_;
    std::shared_ptr<const Json> json_;
};

}  // namespace specsweep::checkpoint
