#pragma once

#include <array>
#include <span>

#include "quantize/formats/level_table.hpp"

namespace specsweep::quantize {

/// NormalFloat4 of bitsandbytes (quantization.md §5.1), exact binary32 values.
inline constexpr std::array<float, 16> nf4_levels = {
    -1.0F,        -0.69619280F, -0.52507305F, -0.39491749F, -0.28444138F, -0.18477343F, -0.091050036F, 0.0F,
    0.079580299F, 0.16093020F,  0.24611230F,  0.33791524F,  0.44070983F,  0.56261700F,  0.72295684F,   1.0F};

/// AbnormalFloat4 for blocks of 64 (arXiv 2306.06965; table in bitsandbytes functional.py).
inline constexpr std::array<float, 16> af4_levels = {
    -1.0F,       -0.69441008F, -0.51243739F, -0.37369510F, -0.25607552F, -0.14982478F, -0.04934812F, 0.0F,
    0.04273164F, 0.12934483F,  0.21961274F,  0.31675666F,  0.42563882F,  0.55496234F,  0.72424863F,  1.0F};

/// "FP4" of bitsandbytes (not E2M1), ascending, and what its levels are called in storage: sign in bit 3. Its two zeros
/// are sorted with −0 (code 8) above +0, so small positive weights get code 8; both decode to zero.
inline constexpr std::array<float, 16> bnb_fp4_levels = {-1.0F,
                                                         -0x1.555556p-1F,
                                                         -0.5F,
                                                         -0x1.555556p-2F,
                                                         -0.25F,
                                                         -0x1.555556p-3F,
                                                         -0x1.555556p-8F,
                                                         0.0F,
                                                         0.0F,
                                                         0x1.555556p-8F,
                                                         0x1.555556p-3F,
                                                         0.25F,
                                                         0x1.555556p-2F,
                                                         0.5F,
                                                         0x1.555556p-1F,
                                                         1.0F};
inline constexpr std::array<int, 16> bnb_fp4_codes = {11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3};

/// The signed dynamic 8-bit map that codes block maxima: seven decades of linearly spaced means, 0 and 1; ascending.
/// Source: bitsandbytes functional.py create_dynamic_map(signed=True, 7, 8).
std::span<const float, 256> dynamic_map();

}  // namespace specsweep::quantize
