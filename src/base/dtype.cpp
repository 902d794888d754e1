#include "base/dtype.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "base/error.hpp"
#include "base/half.hpp"
#include "base/minifloat.hpp"

namespace specsweep {
namespace {

struct Row {
    DType type;
    std::string_view name;
    int bits;
};

constexpr std::array rows{
    Row{DType::boolean, "BOOL", 8},    Row{DType::f4, "F4", 4},           Row{DType::f6_e2m3, "F6_E2M3", 6},
    Row{DType::f6_e3m2, "F6_E3M2", 6}, Row{DType::u8, "U8", 8},           Row{DType::i8, "I8", 8},
    Row{DType::f8_e5m2, "F8_E5M2", 8}, Row{DType::f8_e4m3, "F8_E4M3", 8}, Row{DType::f8_e8m0, "F8_E8M0", 8},
    Row{DType::i16, "I16", 16},        Row{DType::u16, "U16", 16},        Row{DType::f16, "F16", 16},
    Row{DType::bf16, "BF16", 16},      Row{DType::i32, "I32", 32},        Row{DType::u32, "U32", 32},
    Row{DType::f32, "F32", 32},        Row{DType::c64, "C64", 64},        Row{DType::f64, "F64", 64},
    Row{DType::i64, "I64", 64},        Row{DType::u64, "U64", 64},
};

const Row& row(DType type)
{
    for (const Row& r : rows)
        if (r.type == type)
            return r;
    throw InternalError("unknown element type");
}

std::array<float, 256> table_of(float (*decode)(std::uint8_t))
{
    std::array<float, 256> table{};
    for (std::size_t code = 0; code < table.size(); ++code)
        table[code] = decode(static_cast<std::uint8_t>(code));
    return table;
}

/// memcpy element by element: the stored bytes need not be aligned.
template <class Stored, class Out, class Convert>
void convert(std::span<const std::byte> stored, std::span<Out> out, Convert to_value)
{
    const std::byte* from = stored.data();
    for (std::size_t i = 0; i < out.size(); ++i) {
        Stored element;
        std::memcpy(&element, from + i * sizeof(Stored), sizeof(Stored));
        out[i] = static_cast<Out>(to_value(element));
    }
}

template <class Out>
void widen_any(DType type, std::span<const std::byte> stored, std::span<Out> out)
{
    if (!is_weight(type))
        throw InternalError("element type cannot be widened", std::string(name(type)) + " is not a weight type");
    if (stored.size() != out.size() * static_cast<std::size_t>(bits(type) / 8))
        throw InternalError("stored bytes and elements disagree in number");
    static const auto e4m3_table = table_of(e4m3_to_float);
    static const auto e5m2_table = table_of(e5m2_to_float);
    switch (type) {
        case DType::f64:
            return convert<double>(stored, out, [](double x) { return x; });
        case DType::f32:
            return convert<float>(stored, out, [](float x) { return x; });
        case DType::f16:
            return convert<std::uint16_t>(stored, out, half_to_float);
        case DType::bf16:
            return convert<std::uint16_t>(stored, out, bf16_to_float);
        case DType::f8_e4m3:
            return convert<std::uint8_t>(stored, out, [](std::uint8_t x) { return e4m3_table[x]; });
        default:
            return convert<std::uint8_t>(stored, out, [](std::uint8_t x) { return e5m2_table[x]; });
    }
}

}  // namespace

std::string_view name(DType type)
{
    return row(type).name;
}

std::optional<DType> parse_dtype(std::string_view text)
{
    for (const Row& r : rows)
        if (r.name == text)
            return r.type;
    return std::nullopt;
}

int bits(DType type)
{
    return row(type).bits;
}

bool is_weight(DType type)
{
    switch (type) {
        case DType::f64:
        case DType::f32:
        case DType::f16:
        case DType::bf16:
        case DType::f8_e4m3:
        case DType::f8_e5m2:
            return true;
        default:
            return false;
    }
}

void widen(DType type, std::span<const std::byte> stored, std::span<float> out)
{
    widen_any(type, stored, out);
}

void widen(DType type, std::span<const std::byte> stored, std::span<double> out)
{
    widen_any(type, stored, out);
}

}  // namespace specsweep
