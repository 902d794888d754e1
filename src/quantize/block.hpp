#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace specsweep::quantize {

/// Which weights share one scale, on the logical [out, in] matrix (quantization.md §0.3).
struct Block {
    enum class Kind {
        tensor,   ///< all of them
        channel,  ///< one output row
        run,      ///< `cols` neighbours along the input axis; the last of a row may be shorter
        tile,     ///< `rows` × `cols`; the last ones may be smaller
        flat,     ///< `cols` neighbours of the flattened matrix, across rows; the last may be shorter
    };
    Kind kind = Kind::tensor;
    std::int64_t rows = 1;
    std::int64_t cols = 1;

    friend bool operator==(const Block&, const Block&) = default;
};

/// How a run is printed: `32` (int, uniform, mx, tables) or `1x32` (nvfp4).
enum class RunStyle { length, shape };

/// "tensor", "channel", "N", "1xN", "RxC". Nothing for other texts, sizes below 1 or above 2²⁰.
std::optional<Block> parse_block(std::string_view text);

/// @pre kind is not flat: that one is chosen by another parameter and prints as its run.
std::string print_block(const Block& block, RunStyle style);

/// Number of blocks, hence of scales, of a rows × cols matrix.
std::int64_t block_count(const Block& block, std::int64_t rows, std::int64_t cols);

/// Rows between places where a panel may be cut without cutting a block.
std::int64_t block_row_alignment(const Block& block, std::int64_t cols);

}  // namespace specsweep::quantize
