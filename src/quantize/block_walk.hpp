#pragma once

#include <cstdint>

#include "quantize/block.hpp"
#include "quantize/quantizer.hpp"

namespace specsweep::quantize {

/// How a panel is walked: bands of `band_lines` lines of `length` elements, cut into blocks of `width`.
struct BlockWalk {
    std::int64_t lines, band_lines, length, width;
};

inline BlockWalk walk_of(const Block& block, const Panel& in)
{
    const std::int64_t all = in.rows * in.cols;
    switch (block.kind) {
        case Block::Kind::tensor:
            return {.lines = 1, .band_lines = 1, .length = all, .width = all};
        case Block::Kind::channel:
            return {.lines = in.rows, .band_lines = 1, .length = in.cols, .width = in.cols};
        case Block::Kind::flat:
            return {.lines = 1, .band_lines = 1, .length = all, .width = block.cols};
        case Block::Kind::run:
        case Block::Kind::tile:
            break;
    }
    return {.lines = in.rows, .band_lines = block.rows, .length = in.cols, .width = block.cols};
}

}  // namespace specsweep::quantize
