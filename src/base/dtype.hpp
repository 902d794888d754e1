#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace specsweep {

/// Every element type that a safetensors header can name (huggingface/safetensors, tensor.rs).
enum class DType {
    boolean,
    f4,
    f6_e2m3,
    f6_e3m2,
    u8,
    i8,
    f8_e5m2,
    f8_e4m3,
    f8_e8m0,
    i16,
    u16,
    f16,
    bf16,
    i32,
    u32,
    f32,
    c64,
    f64,
    i64,
    u64,
};

/// As in safetensors: "BF16".
std::string_view name(DType type);
std::optional<DType> parse_dtype(std::string_view text);

/// Bits an element takes; a tensor's bytes are elements · bits / 8.
int bits(DType type);

/// F64, F32, F16, BF16, F8_E4M3, F8_E5M2: usable as weights.
bool is_weight(DType type);

/// Elements as numbers. To float: exact but for F64, which is rounded once (nearest even); to double: exact.
/// @pre is_weight(type), stored.size() = out.size() · bits / 8.  @throws InternalError otherwise.
void widen(DType type, std::span<const std::byte> stored, std::span<float> out);
void widen(DType type, std::span<const std::byte> stored, std::span<double> out);

}  // namespace specsweep
