#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "results/contents.hpp"

namespace specsweep::results {

/// static_crc() of contents whose units come one by one: CRC-32 of header (without `complete`), tables and units in a
/// fixed byte order.
class StaticCrc {
public:
    /// Header and lookup tables; `units` of the contents are not looked at.
    explicit StaticCrc(const Contents& tables);

    /// What the plan fixes of a unit, as UnitRow.
    struct Unit {
        std::int64_t plan_row;
        std::string_view id;
        std::int64_t matrix, quantizer, reference;
        std::string_view solver;
        double bits_per_weight;
        std::int64_t sigma_offset, sigma_count;
    };
    void add(const Unit&);
    std::uint32_t value();

    /// In the order of docs/result_file.md: integers and fp64 as 8 little-endian bytes, texts ended by a zero byte.
    class Bytes {
    public:
        void add(std::int64_t value) { append(&value, sizeof value); }
        void add(double value) { append(&value, sizeof value); }
        void add(std::string_view text)
        {
            append(text.data(), text.size());
            append("", 1);
        }
        void flush();
        std::uint32_t crc() const { return crc_; }  ///< @pre flush()

    private:
        void append(const void* data, std::size_t size);
        std::vector<char> bytes_;
        std::uint32_t crc_ = 0;
    };

private:
    Bytes bytes_;
};

}  // namespace specsweep::results
