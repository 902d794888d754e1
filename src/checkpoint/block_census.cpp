#include "checkpoint/block_census.hpp"

#include "base/error.hpp"
#include "base/format.hpp"

namespace specsweep::checkpoint {
namespace {

/// The smallest number that is not there.
int first_missing(const std::set<int>& seen)
{
    int next = 0;
    for (const int number : seen) {
        if (number != next)
            break;
        ++next;
    }
    return next;
}

}  // namespace

void BlockCensus::add(const MatrixRule& rule, const NamePattern::Match& match, const TensorLocation& tensor)
{
    if (!rule.block_count.empty()) {
        check_below(match.block, rule.block_count, "block", tensor);
        blocks_[{rule.pattern.stack(), rule.block_count}].insert(match.block);
    }
    if (!rule.expert_count.empty()) {
        check_below(match.expert, rule.expert_count, "expert", tensor);
        experts_[{&rule, match.block}].insert(match.expert);
    }
}

void BlockCensus::check_below(int index, const std::string& size, const char* what, const TensorLocation& tensor) const
{
    const auto count = sizes_.value(size);
    if (count && index >= *count)
        throw InputError(fmt::format("tensor {} belongs to {} {}, but {} says {}", tensor.name, what, index,
                                     sizes_.source(), sizes_.explain(size)),
                         fmt::format("{}s count from 0", what), "one of the two is of another model");
}

void BlockCensus::check_complete() const
{
    for (const auto& [stack, seen] : blocks_) {
        const auto count = sizes_.value(stack.second);
        if (count && std::cmp_less(seen.size(), *count))
            throw InputError(fmt::format("{} says {}, but the checkpoint has {} blocks {}*", sizes_.source(),
                                         sizes_.explain(stack.second), seen.size(), stack.first),
                             fmt::format("block {} is missing", first_missing(seen)), "is the download complete?");
    }
    for (const auto& [place, seen] : experts_) {
        const std::string& size = place.first->expert_count;
        const auto count = sizes_.value(size);
        if (count && std::cmp_less(seen.size(), *count))
            throw InputError(fmt::format("{} says {}, but block {} has {} of {}", sizes_.source(), sizes_.explain(size),
                                         place.second, seen.size(), place.first->pattern.text()),
                             fmt::format("expert {} is missing", first_missing(seen)), "is the download complete?");
    }
}

}  // namespace specsweep::checkpoint
