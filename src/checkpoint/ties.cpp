#include "checkpoint/ties.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::checkpoint {
namespace {

class TieResolver {
public:
    TieResolver(Inventory& inventory, const TensorMap& tensors, const SameBits& same_bits)
        : inventory_(inventory), tensors_(tensors), same_bits_(same_bits)
    {
    }

    void apply(const TieRule& rule, bool tied, const Architecture& architecture)
    {
        const TensorLocation* name = find(rule.name, architecture);
        const TensorLocation* of = find(rule.of, architecture);
        if (name != nullptr && of != nullptr) {
            if (!merge(*name, *of) && tied)
                inventory_.warnings.push_back(
                    fmt::format("{} and {} should be tied but differ: both are listed", name->name, of->name));
        } else if (tied && of != nullptr) {
            inventory_.aliases.push_back({.name = rule.name, .of = of->name, .in_file = false});
        } else if (tied && name != nullptr) {
            inventory_.aliases.push_back({.name = rule.of, .of = name->name, .in_file = false});
            stands_for_[rule.of] = name->name;
        }
    }

    /// True when `name` is now an alias of `of`.
    bool merge(const TensorLocation& name, const TensorLocation& of)
    {
        if (name.shape != of.shape || name.dtype != of.dtype || !same_bits_(name, of))
            return false;
        auto& matrices = inventory_.matrices;
        matrices.erase(std::remove_if(matrices.begin(), matrices.end(),
                                      [&](const Matrix& matrix) { return matrix.tensor == name.name; }),
                       matrices.end());
        inventory_.aliases.push_back({.name = name.name, .of = of.name, .in_file = true});
        return true;
    }

    const TensorLocation& tensor(const Matrix& matrix) const { return tensors_.find(matrix.tensor)->second; }

private:
    /// The matrix of this name, with or without prefix, or what was found to stand for it.
    const TensorLocation* find(const std::string& name, const Architecture& architecture) const
    {
        for (const Matrix& matrix : inventory_.matrices)
            if (without_prefixes(architecture, matrix.tensor) == name)
                return &tensor(matrix);
        const auto other = stands_for_.find(name);
        return other == stands_for_.end() ? nullptr : &tensors_.find(other->second)->second;
    }

    Inventory& inventory_;
    const TensorMap& tensors_;
    const SameBits& same_bits_;
    std::map<std::string, std::string> stands_for_;
};

bool is_present(const TieRule& rule, const TensorMap& tensors, const Architecture& architecture)
{
    return rule.present.empty() || std::any_of(tensors.begin(), tensors.end(), [&](const auto& entry) {
               return glob_match(rule.present, without_prefixes(architecture, entry.first));
           });
}

void resolve_by_bits(TieResolver& resolver, const Inventory& inventory)
{
    const std::vector<Matrix> before = inventory.matrices;
    for (const Matrix& head : before)
        for (const Matrix& embedding : before)
            if (head.role == Role::lm_head && embedding.role == Role::embedding &&
                resolver.merge(resolver.tensor(head), resolver.tensor(embedding)))
                break;
}

}  // namespace

void resolve_ties(Inventory& inventory, const TensorMap& tensors, const Architecture* architecture,
                  const ModelConfig& config, const SameBits& same_bits)
{
    TieResolver resolver(inventory, tensors, same_bits);
    if (architecture == nullptr)
        return resolve_by_bits(resolver, inventory);
    for (const TieRule& rule : architecture->ties) {
        const auto flag = rule.key.empty() ? std::nullopt : config.flag(rule.key);
        const bool tied = flag.value_or(rule.fallback) && is_present(rule, tensors, *architecture);
        resolver.apply(rule, tied, *architecture);
    }
}

}  // namespace specsweep::checkpoint
