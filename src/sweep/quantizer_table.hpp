#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quantize/quantizer.hpp"

namespace specsweep::sweep {

/// The quantizers of a plan in the making: each canonical text once, with what it says about a shape.
class QuantizerTable {
public:
    struct Verdict {
        std::optional<std::string> refusal;
        double bits_per_weight = 0;
    };

    /// Row of a canonical text, added when new; rows count from 1, as in a plan.
    std::int32_t row(const std::string& canonical);

    const Verdict& verdict(std::int32_t row, std::int64_t rows, std::int64_t cols);
    const std::string& text(std::int32_t row) const { return entries_[static_cast<std::size_t>(row) - 1].text; }
    std::int32_t size() const { return static_cast<std::int32_t>(entries_.size()); }

private:
    struct Entry {
        std::string text;
        std::unique_ptr<const quantize::Quantizer> quantizer;
        std::map<std::pair<std::int64_t, std::int64_t>, Verdict> verdicts;
    };

    std::map<std::string, std::int32_t> rows_;
    std::vector<Entry> entries_;
};

}  // namespace specsweep::sweep
