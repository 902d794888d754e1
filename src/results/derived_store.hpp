#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "hdf5/table.hpp"

namespace specsweep::results {

/// /derived of a shard file: the derived columns of its units, so that whoever joins shards need not derive them again.
/// Only values that fit their CRC count, and that binds them to the numbers they follow from.
class DerivedStore {
public:
    /// Nothing derived yet.
    static DerivedStore create(hdf5::File&, std::int64_t units);
    /// Nothing where the file has other columns than this version derives, or none.
    static std::optional<DerivedStore> open(const hdf5::File&, std::int64_t units);

    /// Rows first, first + 1, …: values unit by unit in the order of metrics::columns(), then the CRCs. Independent.
    void write(std::int64_t first, std::span<const double> values, std::span<const std::uint32_t> crcs);
    void read(std::int64_t first, std::span<double> values, std::span<std::uint32_t> crcs) const;
    void read(std::int64_t first, std::span<double> values) const { values_.read(first, values); }
    std::vector<std::uint32_t> read_crcs() const { return crcs_.read_all(); }  ///< of all rows

private:
    hdf5::Table values_;
    hdf5::Column<std::uint32_t> crcs_;
};

/// Of derived values and their reason: CRC-32 of the names of all columns and metrics::derivation_version, the
/// content_crc of the unit and of its reference, the values and the reason. Never 0.
/// @param reference_crc 0 for a reference
std::uint32_t derived_crc(std::uint32_t content_crc, std::uint32_t reference_crc, std::span<const double> values,
                          std::string_view reason);

}  // namespace specsweep::results
