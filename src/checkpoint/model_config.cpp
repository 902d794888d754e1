#include "checkpoint/model_config.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"

namespace specsweep::checkpoint {
namespace {

/// Above any size of a model, and small enough that a product of two does not overflow silently.
constexpr std::int64_t largest_size = std::int64_t{1} << 40;

std::optional<std::int64_t> as_size(const Json& value)
{
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > static_cast<std::uint64_t>(largest_size))
        return std::nullopt;
    return value.get<std::int64_t>();
}

}  // namespace

ModelConfig ModelConfig::parse(std::string_view text, std::string_view source)
{
    ModelConfig config;
    config.source_ = source;
    config.json_ = std::make_shared<const Json>(parse_json(text, source));
    if (!config.json_->is_object())
        throw InputError(config.source_ + " is no model configuration", "it is no JSON object");
    if (const Json* type = config.find("model_type")) {
        if (!type->is_string())
            throw InputError(config.source_ + ": model_type is no text", type->dump());
        config.model_type_ = type->get<std::string>();
    }
    return config;
}

const Json* ModelConfig::find(std::string_view key) const
{
    const auto found = json_->find(std::string(key));
    return found == json_->end() || found->is_null() ? nullptr : &*found;
}

std::optional<ModelConfig::Value> ModelConfig::size(std::span<const std::string> keys) const
{
    for (const std::string& key : keys)
        if (const Json* value = find(key)) {
            const auto number = as_size(*value);
            if (!number)
                throw InputError(fmt::format("{}: {} is {}", source_, key, value->dump()), "a size was expected");
            return Value{.key = key, .value = *number};
        }
    return std::nullopt;
}

std::optional<bool> ModelConfig::flag(std::string_view key) const
{
    const Json* value = find(key);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_boolean())
        throw InputError(fmt::format("{}: {} is {}", source_, key, value->dump()), "true or false was expected");
    return value->get<bool>();
}

std::vector<std::int64_t> ModelConfig::sizes(std::string_view key) const
{
    std::vector<std::int64_t> result;
    const Json* value = find(key);
    if (value == nullptr)
        return result;
    const InputError wrong(fmt::format("{}: {} is {}", source_, key, value->dump()), "a list of sizes was expected");
    if (!value->is_array())
        throw wrong;
    for (const Json& item : *value) {
        const auto number = as_size(item);
        if (!number)
            throw wrong;
        result.push_back(*number);
    }
    return result;
}

}  // namespace specsweep::checkpoint
