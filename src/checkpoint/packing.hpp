#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "checkpoint/tensor_location.hpp"

namespace specsweep::checkpoint {

/// How an already quantized weight [out, in] is stored (docs/quantizers.md, "Models that are quantized already").
enum class PackingKind {
    packed_integers,   ///< compressed-tensors pack-quantized: codes along in without gaps, low bits first, offset
                       ///< 2^(b−1)
    plain_integers,    ///< compressed-tensors int-quantized: one signed byte a code
    float8,            ///< E4M3 or E5M2 codes; one scale a tensor, a row or a tile
    nvfp4,             ///< two E2M1 codes a byte, low nibble first; E4M3 scales of 16; a second scale that divides
    nvfp4_multiplied,  ///< the same, with a second scale that multiplies (ModelOpt)
    gptq,              ///< words of codes along in, [in, out]; zero points along out
    awq,               ///< words of eight codes along out, in the order 0 2 4 6 1 3 5 7
    bitsandbytes,      ///< table look-up, two codes a byte, high nibble first, over the flattened matrix
};

/// The stored tensors that together are one weight matrix, and what their shapes do not say.
struct Packing {
    PackingKind kind = PackingKind::float8;
    std::int64_t rows = 0;  ///< out
    std::int64_t cols = 0;  ///< in
    std::int64_t bits = 8;
    std::int64_t scale_rows = 1;    ///< weights that share a scale: a tile of so many rows …
    std::int64_t scale_cols = 1;    ///< … and columns
    std::int64_t zero_offset = 0;   ///< GPTQ's first format stores zero points less one
    std::int64_t block = 0;         ///< bitsandbytes: weights that share a scale
    std::int64_t nested_block = 0;  ///< bitsandbytes: scales that share a scale; 0: scales are floats
    double nested_offset = 0;       ///< bitsandbytes: added to decoded scales
    std::map<std::string, TensorLocation, std::less<>> parts = {};  ///< "codes", "scale", "zero", …

    /// nullptr when there is no such part.
    const TensorLocation* part(std::string_view role) const;
    /// Of all parts, a weight.
    double stored_bits_per_weight() const;
};

std::string_view name(PackingKind kind);

/// JSON of everything, for plans; and back. @throws InputError when it is none.
std::string packing_text(const Packing& packing);
std::shared_ptr<const Packing> packing_from_text(std::string_view text);

/// Bits a weight takes in the file, scales counted.
double stored_bits_per_weight(const TensorLocation& location);

}  // namespace specsweep::checkpoint
