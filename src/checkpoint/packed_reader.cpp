#include "checkpoint/packed_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/minifloat.hpp"

namespace specsweep::checkpoint {
namespace {

std::size_t at(std::int64_t index)
{
    return static_cast<std::size_t>(index);
}

std::vector<std::byte> bytes_of(const TensorLocation& location)
{
    const FileDescriptor file(location.file);
    const auto end = add_if_fits(location.offset, location.bytes);
    if (location.offset < 0 || location.bytes < 0 || !end || *end > file.size())
        throw InputError(
            fmt::format("the bytes of tensor {} do not lie inside {}", location.name, location.file.string()),
            fmt::format("{} bytes from {}, the file has {}", location.bytes, location.offset, file.size()),
            "has the checkpoint changed?");
    std::vector<std::byte> bytes(at(location.bytes));
    file.read(bytes, location.offset);
    return bytes;
}

std::vector<float> floats_of(const TensorLocation& location)
{
    const std::vector<std::byte> bytes = bytes_of(location);
    std::vector<float> values(bytes.size() * 8 / at(bits(location.dtype)));
    widen(location.dtype, bytes, values);
    return values;
}

std::vector<std::int32_t> integers_of(const TensorLocation& location)
{
    const std::vector<std::byte> bytes = bytes_of(location);
    std::vector<std::int32_t> values(bytes.size() / sizeof(std::int32_t));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(std::int32_t));
    return values;
}

/// Scales of bitsandbytes that are quantized themselves: fl(fl(table[code]·scale of the group) + offset).
std::vector<float> nested_scales(const Packing& packing)
{
    const std::vector<std::byte> codes = bytes_of(*packing.part("scale"));
    const std::vector<float> table = floats_of(*packing.part("nested_table"));
    const std::vector<float> outer = floats_of(*packing.part("nested_scale"));
    std::vector<float> scales(codes.size());
    for (std::size_t i = 0; i < scales.size(); ++i) {
        const float product = table.at(std::to_integer<std::size_t>(codes[i])) * outer.at(i / at(packing.nested_block));
        scales[i] = product + static_cast<float>(packing.nested_offset);
    }
    return scales;
}

/// Nibble of a byte row, low one first.
std::size_t nibble(const std::vector<std::byte>& bytes, std::int64_t index)
{
    return std::to_integer<std::size_t>(bytes[at(index / 2)]) >> (index % 2 * 4) & 15U;
}

}  // namespace

PackedReader::PackedReader(const Packing& packing) : packing_(packing)
{
    codes_ = bytes_of(*packing_.part("codes"));
    scales_ = packing_.part("nested_table") != nullptr ? nested_scales(packing_) : floats_of(*packing_.part("scale"));
    if (const TensorLocation* zero = packing_.part("zero"))
        zeros_ = bytes_of(*zero);
    if (const TensorLocation* table = packing_.part("table"))
        table_ = floats_of(*table);
    if (const TensorLocation* order = packing_.part("order"))
        order_ = integers_of(*order);
    if (const TensorLocation* global = packing_.part("global"))
        global_ = floats_of(*global).at(0);
    groups_ = divide_up(packing_.cols, packing_.scale_cols);
    check_order();
}

void PackedReader::check_order() const
{
    const bool fits =
        std::all_of(order_.begin(), order_.end(), [this](std::int32_t group) { return group >= 0 && group < groups_; });
    if (!fits)
        throw InputError(fmt::format("tensor {} is damaged", packing_.part("order")->name),
                         fmt::format("it names a group outside the {} that there are", groups_));
}

void PackedReader::read_row(std::int64_t row, std::span<float> out) const
{
    switch (packing_.kind) {
        case PackingKind::packed_integers:
        case PackingKind::plain_integers:
            return decode_integers(row, out);
        case PackingKind::float8:
            return decode_float8(row, out);
        case PackingKind::nvfp4:
        case PackingKind::nvfp4_multiplied:
            return decode_nvfp4(row, out);
        case PackingKind::gptq:
        case PackingKind::awq:
            return decode_words(row, out);
        case PackingKind::bitsandbytes:
            return decode_table(row, out);
    }
}

std::int64_t PackedReader::scale_index(std::int64_t row, std::int64_t col) const
{
    const std::int64_t group = order_.empty() ? col / packing_.scale_cols : order_[at(col)];
    return row / packing_.scale_rows * groups_ + group;
}

std::uint32_t PackedReader::word(const std::vector<std::byte>& bytes, std::int64_t index) const
{
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + index * 4, sizeof value);  // safetensors is little-endian, as is every host here
    return value;
}

std::int64_t PackedReader::dense_code(const std::vector<std::byte>& bytes, std::int64_t first, std::int64_t stride,
                                      std::int64_t index) const
{
    const std::int64_t bit = index * packing_.bits;
    const std::int64_t begin = first + bit / 32 * stride;
    std::uint64_t pair = word(bytes, begin);
    if (bit % 32 + packing_.bits > 32)
        pair |= std::uint64_t{word(bytes, begin + stride)} << 32;
    return static_cast<std::int64_t>(pair >> bit % 32 & ((1U << packing_.bits) - 1U));
}

void PackedReader::decode_integers(std::int64_t row, std::span<float> out) const
{
    const std::int64_t bits = packing_.bits;
    const bool packed = packing_.kind == PackingKind::packed_integers;
    const std::int64_t offset = packed ? std::int64_t{1} << (bits - 1) : 0;
    const std::int64_t words = divide_up(packing_.cols * bits, std::int64_t{32});
    const TensorLocation* zero = packing_.part("zero");
    const auto signed_byte = [](std::byte byte) { return static_cast<std::int64_t>(static_cast<std::int8_t>(byte)); };
    for (std::int64_t col = 0; col < packing_.cols; ++col) {
        const std::int64_t code = packed ? dense_code(codes_, row * words, 1, col) - offset
                                         : signed_byte(codes_[at(row * packing_.cols + col)]);
        const std::int64_t scale = scale_index(row, col);
        std::int64_t zero_point = 0;
        if (zero != nullptr && zero->dtype == DType::i8)
            zero_point = signed_byte(zeros_[at(scale)]);
        else if (zero != nullptr)  // words of codes along out
            zero_point = dense_code(zeros_, scale % groups_, groups_, row) - offset;
        out[at(col)] = static_cast<float>(code - zero_point) * scales_[at(scale)];
    }
}

void PackedReader::decode_float8(std::int64_t row, std::span<float> out) const
{
    widen(packing_.part("codes")->dtype, std::span(codes_).subspan(at(row * packing_.cols), at(packing_.cols)), out);
    for (std::int64_t col = 0; col < packing_.cols; ++col)
        out[at(col)] *= scales_[at(scale_index(row, col))];
}

void PackedReader::decode_nvfp4(std::int64_t row, std::span<float> out) const
{
    for (std::int64_t col = 0; col < packing_.cols; ++col) {
        const std::size_t code = nibble(codes_, row * packing_.cols + col);
        const double magnitude = specsweep::magnitude(e2m1, static_cast<int>(code & 7U));
        const double product = (code & 8U ? -magnitude : magnitude) * scales_[at(scale_index(row, col))];
        const bool divides = packing_.kind == PackingKind::nvfp4;
        out[at(col)] = static_cast<float>(divides ? product / global_ : product * global_) + 0.0F;
    }
}

void PackedReader::decode_words(std::int64_t row, std::span<float> out) const
{
    constexpr std::array<std::int64_t, 8> awq_nibble{0, 4, 1, 5,
                                                     2, 6, 3, 7};  // of column j: inverse of 0 2 4 6 1 3 5 7
    const bool awq = packing_.kind == PackingKind::awq;
    const std::int64_t bits = packing_.bits;
    const std::int64_t per_word = 32 / bits;
    const std::uint32_t mask = (1U << bits) - 1U;
    const std::int64_t zero_words = divide_up(packing_.rows, per_word);
    const std::int64_t out_shift = awq ? awq_nibble[at(row % 8)] * 4 : row % per_word * bits;
    for (std::int64_t col = 0; col < packing_.cols; ++col) {
        const std::uint32_t code =
            awq ? word(codes_, col * (packing_.rows / 8) + row / 8) >> out_shift & mask
                : word(codes_, col / per_word * packing_.rows + row) >> (col % per_word * bits) & mask;
        const std::int64_t group = order_.empty() ? col / packing_.scale_cols : order_[at(col)];
        const std::int64_t zero =
            (word(zeros_, group * zero_words + row / per_word) >> out_shift & mask) + packing_.zero_offset;
        out[at(col)] = static_cast<float>(code - zero) * scales_[at(group * packing_.rows + row)];
    }
}

void PackedReader::decode_table(std::int64_t row, std::span<float> out) const
{
    for (std::int64_t col = 0; col < packing_.cols; ++col) {
        const std::int64_t index = row * packing_.cols + col;
        const std::size_t code = nibble(codes_, index ^ 1);  // high nibble first
        out[at(col)] = table_[code] * scales_[at(index / packing_.block)];
    }
}

}  // namespace specsweep::checkpoint
