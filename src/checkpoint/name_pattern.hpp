#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::checkpoint {

/// A tensor name with places for numbers: `h.{block}.attn.c_attn.weight`, `….experts.{expert}.w1.weight`.
class NamePattern {
public:
    struct Match {
        int block = -1, expert = -1;
    };

    /// @throws UsageError: a place other than {block} and {expert}, one of them twice, or two side by side.
    static NamePattern parse(std::string_view text);

    const std::string& text() const { return text_; }
    bool has_block() const;
    bool has_expert() const;
    /// What stands before {block}: "encoder.block." names the stack that the block belongs to.
    std::string stack() const;

    /// Numbers are decimal without leading zeros, below 10⁹.
    std::optional<Match> match(std::string_view name) const;

private:
    enum class Place { literal, block, expert };
    struct Part {
        Place place;
        std::string text;
    };
    std::string text_;
    std::vector<Part> parts_;
};

}  // namespace specsweep::checkpoint
