#include "checkpoint/role.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace specsweep::checkpoint {
namespace {

constexpr std::array<std::string_view, 16> names{
    "embedding",       "position_embedding", "lm_head",     "attention_query", "attention_key",
    "attention_value", "attention_output",   "mlp_up",      "mlp_gate",        "mlp_down",
    "expert_up",       "expert_gate",        "expert_down", "router",          "pooler",
    "other",
};

constexpr std::array<Role, names.size()> roles{
    Role::embedding,       Role::position_embedding, Role::lm_head,     Role::attention_query, Role::attention_key,
    Role::attention_value, Role::attention_output,   Role::mlp_up,      Role::mlp_gate,        Role::mlp_down,
    Role::expert_up,       Role::expert_gate,        Role::expert_down, Role::router,          Role::pooler,
    Role::other,
};

}  // namespace

std::string_view name(Role role)
{
    return names.at(static_cast<std::size_t>(role));
}

std::optional<Role> parse_role(std::string_view text)
{
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end())
        return std::nullopt;
    return roles.at(static_cast<std::size_t>(found - names.begin()));
}

std::span<const Role> all_roles()
{
    return roles;
}

std::span<const std::string> role_names()
{
    static const std::vector<std::string> texts(names.begin(), names.end());
    return texts;
}

}  // namespace specsweep::checkpoint
