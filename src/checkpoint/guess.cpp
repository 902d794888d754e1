#include "checkpoint/guess.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace specsweep::checkpoint {
namespace {

/// A name, lower case, in components; the last is what the matrix is called, without ".weight".
struct Words {
    std::string all;
    std::vector<std::string> path;
    std::string last;

    bool mentions(std::string_view part) const { return all.find(part) != std::string::npos; }
    /// `parent`.dense, as models of BERT's kind call a linear layer.
    bool is_dense_of(std::string_view parent) const
    {
        return last == "dense" && path.size() > 1 && path[path.size() - 2] == parent;
    }
    template <std::size_t n>
    bool last_is(const std::array<std::string_view, n>& names) const
    {
        return std::find(names.begin(), names.end(), last) != names.end();
    }
};

Words words_of(std::string_view name)
{
    Words words;
    words.all = name;
    std::transform(words.all.begin(), words.all.end(), words.all.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    words.path = split(words.all, '.');
    if (words.path.size() > 1 && (words.path.back() == "weight" || words.path.back() == "kernel"))
        words.path.pop_back();
    words.last = words.path.back();
    return words;
}

Role expert_role(Role role)
{
    switch (role) {
        case Role::mlp_up:
            return Role::expert_up;
        case Role::mlp_gate:
            return Role::expert_gate;
        case Role::mlp_down:
            return Role::expert_down;
        default:
            return Role::other;
    }
}

Role attention_role(const Words& words)
{
    using Names = std::array<std::string_view, 6>;
    if (words.last_is(Names{"q_proj", "query", "q", "wq", "to_q", "q_lin"}))
        return Role::attention_query;
    if (words.last_is(Names{"k_proj", "key", "k", "wk", "to_k", "k_lin"}))
        return Role::attention_key;
    if (words.last_is(Names{"v_proj", "value", "v", "wv", "to_v", "v_lin"}))
        return Role::attention_value;
    const bool inside = words.mentions("attn") || words.mentions("attention");
    if (words.last_is(Names{"o_proj", "to_out", "out_lin"}) ||
        (inside && words.last_is(Names{"o", "wo", "dense", "c_proj", "proj", "out"})) ||
        (inside && words.last == "out_proj"))
        return Role::attention_output;
    return Role::other;
}

Role mlp_role(const Words& words)
{
    using Names = std::array<std::string_view, 8>;
    if (words.last_is(Names{"up_proj", "fc1", "fc_in", "c_fc", "dense_h_to_4h", "w3", "wi", "wi_1"}) ||
        words.last_is(Names{"lin1", "linear1", "ffn_up", "w_up", "up", "intermediate"}) ||
        words.is_dense_of("intermediate"))
        return Role::mlp_up;
    if (words.last_is(Names{"gate_proj", "w1", "wi_0", "ffn_gate", "w_gate"}))
        return Role::mlp_gate;
    const bool inside = words.mentions("mlp") || words.mentions("ffn") || words.mentions("feed_forward");
    if (words.last_is(Names{"down_proj", "fc2", "fc_out", "dense_4h_to_h", "w2", "lin2", "linear2", "ffn_down"}) ||
        words.last_is(Names{"w_down", "down"}) || (inside && words.last_is(Names{"c_proj", "wo"})) ||
        words.is_dense_of("output"))
        return Role::mlp_down;
    return Role::other;
}

Role outer_role(const Words& words)
{
    const bool embeds = words.mentions("emb") || words.last == "wte" || words.last == "wpe";
    const bool head = words.last == "lm_head" || (words.last == "decoder" && words.mentions("lm_head"));
    if (head || words.last == "embed_out" || words.all == "output.weight")
        return Role::lm_head;
    if (words.last == "wpe" || (embeds && words.mentions("pos")))
        return Role::position_embedding;
    if (embeds)
        return Role::embedding;
    if (words.mentions("pooler"))
        return Role::pooler;
    return Role::other;
}

}  // namespace

Guess guess_from_name(std::string_view name)
{
    const Words words = words_of(name);
    Guess guess;
    for (std::size_t i = 0; i < words.path.size(); ++i) {
        const auto number = parse_integer(words.path[i]);
        if (!number || *number < 0 || *number >= 1'000'000'000)
            continue;
        if (i > 0 && words.path[i - 1] == "experts" && guess.expert < 0)
            guess.expert = static_cast<int>(*number);
        else if (guess.block_index < 0)
            guess.block_index = static_cast<int>(*number);
    }
    const bool in_experts = std::count(words.path.begin(), words.path.end(), "experts") > 0;
    if (!in_experts && (words.mentions("router") || (words.last == "gate" && guess.block_index >= 0))) {
        guess.role = Role::router;
        return guess;
    }
    guess.role = attention_role(words);
    if (guess.role == Role::other) {
        const Role role = mlp_role(words);
        guess.role = in_experts ? expert_role(role) : role;
    }
    if (guess.role == Role::other && guess.block_index < 0)
        guess.role = outer_role(words);
    return guess;
}

}  // namespace specsweep::checkpoint
