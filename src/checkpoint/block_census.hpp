#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "checkpoint/architecture.hpp"
#include "checkpoint/model_sizes.hpp"
#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// Counts blocks and experts against config.json: none beyond its numbers, and none missing from a stack that is there.
class BlockCensus {
public:
    explicit BlockCensus(const ModelSizes& sizes) : sizes_(sizes) {}

    /// @throws InputError: a block or expert number that the config does not have.
    void add(const MatrixRule& rule, const NamePattern::Match& match, const TensorLocation& tensor);
    /// @throws InputError: a stack of which some blocks, or a block of which some experts, are missing.
    void check_complete() const;

private:
    void check_below(int index, const std::string& size, const char* what, const TensorLocation& tensor) const;

    const ModelSizes& sizes_;
    std::map<std::pair<std::string, std::string>, std::set<int>> blocks_;  ///< (stack, count) → numbers seen
    std::map<std::pair<const MatrixRule*, int>, std::set<int>> experts_;   ///< (rule, block) → numbers seen
};

}  // namespace specsweep::checkpoint
