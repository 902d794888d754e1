#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace specsweep::checkpoint {

/// What a matrix does in its model (interface.md §4). A shared expert counts as mlp_*.
enum class Role {
    embedding,
    position_embedding,
    lm_head,
    attention_query,
    attention_key,
    attention_value,
    attention_output,
    mlp_up,
    mlp_gate,
    mlp_down,
    expert_up,
    expert_gate,
    expert_down,
    router,
    pooler,
    other,
};

/// "attention_query"
std::string_view name(Role role);
std::optional<Role> parse_role(std::string_view text);
std::span<const Role> all_roles();

/// The names of all roles, for messages.
std::span<const std::string> role_names();

}  // namespace specsweep::checkpoint
