#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace specsweep::verdicts {

/// Each text once, in the order of first use.
class TextPool {
public:
    std::int32_t row(std::string_view text)
    {
        const auto [found, is_new] = rows_.try_emplace(std::string(text), static_cast<std::int32_t>(texts_.size()));
        if (is_new)
            texts_.emplace_back(text);
        return found->second;
    }

    const std::string& text(std::int32_t row) const { return texts_[static_cast<std::size_t>(row)]; }
    std::vector<std::string> take() { return std::move(texts_); }

private:
    std::unordered_map<std::string, std::int32_t> rows_;
    std::vector<std::string> texts_;
};

}  // namespace specsweep::verdicts
