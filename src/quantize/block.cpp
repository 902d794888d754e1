#include "quantize/block.hpp"

#include <numeric>

#include "base/integer.hpp"
#include "base/text.hpp"

namespace specsweep::quantize {

namespace {

std::optional<std::int64_t> parse_size(std::string_view text)
{
    const auto size = parse_integer(text);
    if (!size || *size < 1 || *size > (1 << 20))
        return std::nullopt;
    return size;
}

}  // namespace

std::optional<Block> parse_block(std::string_view text)
{
    if (text == "tensor")
        return Block{.kind = Block::Kind::tensor};
    if (text == "channel")
        return Block{.kind = Block::Kind::channel};
    const auto cross = text.find('x');
    const auto rows = cross == std::string_view::npos ? 1 : parse_size(text.substr(0, cross));
    const auto cols = parse_size(cross == std::string_view::npos ? text : text.substr(cross + 1));
    if (!rows || !cols)
        return std::nullopt;
    return Block{.kind = *rows == 1 ? Block::Kind::run : Block::Kind::tile, .rows = *rows, .cols = *cols};
}

std::string print_block(const Block& block, RunStyle style)
{
    switch (block.kind) {
        case Block::Kind::tensor:
            return "tensor";
        case Block::Kind::channel:
            return "channel";
        case Block::Kind::tile:
            return std::to_string(block.rows) + "x" + std::to_string(block.cols);
        case Block::Kind::run:
        case Block::Kind::flat:
            break;
    }
    return (style == RunStyle::shape ? "1x" : "") + std::to_string(block.cols);
}

std::int64_t block_count(const Block& block, std::int64_t rows, std::int64_t cols)
{
    switch (block.kind) {
        case Block::Kind::tensor:
            return 1;
        case Block::Kind::channel:
            return rows;
        case Block::Kind::flat:
            return divide_up(checked_multiply(rows, cols), block.cols);
        case Block::Kind::run:
        case Block::Kind::tile:
            break;
    }
    return divide_up(rows, block.rows) * divide_up(cols, block.cols);
}

std::int64_t block_row_alignment(const Block& block, std::int64_t cols)
{
    if (block.kind == Block::Kind::flat)
        return cols == 0 ? 1 : block.cols / std::gcd(block.cols, cols);
    return block.kind == Block::Kind::tile ? block.rows : 1;
}

}  // namespace specsweep::quantize
