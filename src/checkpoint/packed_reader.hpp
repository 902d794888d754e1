#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checkpoint/packing.hpp"

namespace specsweep::checkpoint {

/// Decodes rows of an already quantized weight, exactly: every code and scale is what the file holds, their product is
/// rounded once to fp32 (docs/quantizers.md has the formula of each layout). Codes and scales stay in memory.
class PackedReader {
public:
    /// @throws IoError; InputError: parts outside their file, an order that points outside the groups.
    explicit PackedReader(const Packing& packing);

    /// One row [out] of the weight. @param out packing.cols values.  @pre 0 ≤ row < packing.rows
    void read_row(std::int64_t row, std::span<float> out) const;

private:
    void decode_integers(std::int64_t row, std::span<float> out) const;
    void decode_float8(std::int64_t row, std::span<float> out) const;
    void decode_nvfp4(std::int64_t row, std::span<float> out) const;
    void decode_words(std::int64_t row, std::span<float> out) const;
    void decode_table(std::int64_t row, std::span<float> out) const;

    std::int64_t scale_index(std::int64_t row, std::int64_t col) const;
    std::uint32_t word(const std::vector<std::byte>& bytes, std::int64_t index) const;
    /// Code number `index` of those that lie in words first, first + stride, … without gaps, low bits first.
    std::int64_t dense_code(const std::vector<std::byte>& bytes, std::int64_t first, std::int64_t stride,
                            std::int64_t index) const;
    void check_order() const;

    Packing packing_;
    std::vector<std::byte> codes_;
    std::vector<std::byte> zeros_;
    std::vector<float> scales_;
    std::vector<float> table_;  ///< bitsandbytes
    std::vector<std::int32_t> order_;
    double global_ = 1;
    std::int64_t groups_ = 1;  ///< scales along in
};

}  // namespace specsweep::checkpoint
