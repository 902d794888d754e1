#include "checkpoint/inventory.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "checkpoint/architecture.hpp"
#include "checkpoint/block_census.hpp"
#include "checkpoint/cut.hpp"
#include "checkpoint/guess.hpp"
#include "checkpoint/natural_order.hpp"
#include "checkpoint/packed_tensor.hpp"
#include "checkpoint/packing.hpp"
#include "checkpoint/skip_reason.hpp"

namespace specsweep::checkpoint {
namespace {

std::string tensors_are(std::int64_t count)
{
    return count == 1 ? "1 tensor is" : fmt::format("{} tensors are", count);
}

class InventoryMaker {
public:
    InventoryMaker(const TensorMap& tensors, const ModelConfig& config, const Architecture* architecture)
        : tensors_(tensors), architecture_(architecture), source_(config.source())
    {
        result_.model_type = config.model_type();
        if (architecture != nullptr)
            sizes_.emplace(*architecture, config);
        if (sizes_)
            census_.emplace(*sizes_);
    }

    Inventory make()
    {
        std::vector<const TensorLocation*> order;
        for (const auto& entry : tensors_)
            order.push_back(&entry.second);
        std::sort(order.begin(), order.end(),
                  [](const TensorLocation* a, const TensorLocation* b) { return natural_less(a->name, b->name); });
        for (const TensorLocation* tensor : order)
            take(*tensor);
        if (census_)
            census_->check_complete();
        for (Matrix& matrix : result_.matrices)
            if (const auto stored = tensors_.find(matrix.tensor); stored != tensors_.end() && stored->second.packing)
                matrix.packing = name(stored->second.packing->kind);
        warn();
        return std::move(result_);
    }

private:
    void take(const TensorLocation& tensor)
    {
        if (const auto reason = described_skip(tensor))
            return skip(tensor, *reason);
        if (const auto reason = packed_reason(tensor, [this](std::string_view name) { return find(name); }))
            return skip(tensor, *reason);
        NamePattern::Match match;
        if (const MatrixRule* rule = described_matrix(tensor, match)) {
            if (!is_weight(tensor.dtype))
                return skip(tensor, fmt::format("packed quantized tensor ({} codes)", specsweep::name(tensor.dtype)));
            census_->add(*rule, match, tensor);
            std::vector<Matrix> matrices = cut(*rule, match, tensor, *sizes_);
            if (matrices.empty())
                return skip(tensor, fmt::format("empty matrix ({})", fmt::join(tensor.shape, " x ")));
            std::move(matrices.begin(), matrices.end(), std::back_inserter(result_.matrices));
        } else if (const auto reason = skip_reason(tensor)) {
            skip(tensor, *reason);
        } else {
            guess(tensor);
        }
    }

    const TensorLocation* find(std::string_view name) const
    {
        const auto found = tensors_.find(name);
        return found == tensors_.end() ? nullptr : &found->second;
    }

    void skip(const TensorLocation& tensor, std::string reason)
    {
        result_.skipped.push_back({.tensor = tensor.name, .reason = std::move(reason)});
    }

    std::optional<std::string> described_skip(const TensorLocation& tensor) const
    {
        if (architecture_ != nullptr)
            for (const SkipRule& rule : architecture_->skips)
                if (rule.pattern.match(without_prefixes(*architecture_, tensor.name)))
                    return rule.reason;
        return std::nullopt;
    }

    /// The rule for a name under this config. @throws InputError when the config rules the name out.
    const MatrixRule* described_matrix(const TensorLocation& tensor, NamePattern::Match& match) const
    {
        const MatrixRule* ruled_out = nullptr;
        if (architecture_ != nullptr)
            for (const MatrixRule& rule : architecture_->matrices) {
                const auto found = rule.pattern.match(without_prefixes(*architecture_, tensor.name));
                if (!found)
                    continue;
                match = *found;
                if (applies(rule, *found))
                    return &rule;
                ruled_out = &rule;
            }
        if (ruled_out != nullptr)
            throw InputError(fmt::format("tensor {} does not fit {}", tensor.name, source_), why_not(*ruled_out, match),
                             "one of the two is of another model");
        return nullptr;
    }

    bool applies(const MatrixRule& rule, const NamePattern::Match& match) const
    {
        if (rule.blocks != BlockKind::any && sizes_->is_dense(match.block) != (rule.blocks == BlockKind::dense))
            return false;
        return std::all_of(rule.when.begin(), rule.when.end(),
                           [this](const auto& flag) { return sizes_->flag(flag.first) == flag.second; });
    }

    std::string why_not(const MatrixRule& rule, const NamePattern::Match& match) const
    {
        if (rule.blocks == BlockKind::any || !architecture_->dense_blocks)
            return "none of the layouts of this family has it";
        return fmt::format("its {} and {} make block {} {}", architecture_->dense_blocks->except,
                           architecture_->dense_blocks->every, match.block,
                           sizes_->is_dense(match.block) ? "dense" : "a mixture of experts");
    }

    void guess(const TensorLocation& tensor)
    {
        const Guess guess = guess_from_name(tensor.name);
        result_.matrices.push_back({.name = tensor.name,
                                    .tensor = tensor.name,
                                    .slice = Slice::whole(tensor.shape[0], tensor.shape[1]),
                                    .role = guess.role,
                                    .block_index = guess.block_index,
                                    .expert = guess.expert,
                                    .dtype = tensor.dtype});
        guessed_.push_back(tensor.name);
    }

    void warn()
    {
        if (architecture_ == nullptr) {
            const std::string type = result_.model_type.empty()
                                         ? "no model_type"
                                         : fmt::format("unknown model_type '{}'", result_.model_type);
            result_.warnings.push_back(fmt::format(
                "{} in {}: tensors are taken whole as [out, in] and roles are guessed from names; describe the family "
                "with --architecture FILE",
                type, source_));
        } else if (!guessed_.empty()) {
            constexpr std::size_t most = 3;
            const std::span<const std::string> some(guessed_.data(), std::min(most, guessed_.size()));
            result_.warnings.push_back(fmt::format("{} not in the description of {}, roles are guessed: {}{}",
                                                   tensors_are(std::ssize(guessed_)), result_.model_type,
                                                   join(some, ", "), guessed_.size() > most ? ", …" : ""));
        }
        const auto named = [this](std::string_view start) {
            return std::count_if(result_.skipped.begin(), result_.skipped.end(),
                                 [&](const SkippedTensor& s) { return s.reason.substr(0, start.size()) == start; });
        };
        if (const auto packed = named("packed quantized tensor"); packed > 0)
            result_.warnings.push_back(fmt::format("{} already quantized and packed: skipped", tensors_are(packed)));
        if (const auto empty = named("empty matrix"); empty > 0)
            result_.warnings.push_back(fmt::format("{} without elements: skipped", tensors_are(empty)));
    }

    const TensorMap& tensors_;
    const Architecture* architecture_;
    std::string source_;
    std::optional<ModelSizes> sizes_;
    std::optional<BlockCensus> census_;
    std::vector<std::string> guessed_;
    Inventory result_;
};

}  // namespace

Inventory make_inventory(std::span<const TensorLocation> tensors, const ModelConfig& config,
                         const ArchitectureRegistry& registry, const SameBits& same_bits)
{
    TensorMap by_name;
    for (const TensorLocation& tensor : tensors)
        if (!by_name.emplace(tensor.name, tensor).second)
            throw InputError(fmt::format("the tensor name {} stands twice in a checkpoint", tensor.name));
    const Architecture* architecture = registry.find(config.model_type());
    Inventory inventory = InventoryMaker(by_name, config, architecture).make();
    resolve_ties(inventory, by_name, architecture, config, same_bits);
    return inventory;
}

}  // namespace specsweep::checkpoint
