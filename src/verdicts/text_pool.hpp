#pragma once

#include <cstdint>
#include <functional>
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
        if (const auto found = rows_.find(text); found != rows_.end())
            return found->second;
        const auto row = static_cast<std::int32_t>(texts_.size());
        rows_.emplace(text, row);
        texts_.emplace_back(text);
        return row;
    }

    std::size_t size() const { return texts_.size(); }
    const std::string& text(std::int32_t row) const { return texts_[static_cast<std::size_t>(row)]; }
    std::vector<std::string> take() { return std::move(texts_); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> rows_;
    std::vector<std::string> texts_;
};

}  // namespace specsweep::verdicts
