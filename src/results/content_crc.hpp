#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "results/layout.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// CRC-32 of one unit's result, in this order, little-endian: id, state (1 byte), reason (only of a failed unit),
/// method, the real moments and the counts that the format version has (moment_list.hpp), where the unit has them the
/// extended moments and both histograms of cosines, sigma, error. Texts as stored, without padding, each ended by a
/// zero byte. Derived columns, timing and the reasons of derived columns stand
/// outside.
std::uint32_t content_crc(std::string_view id, UnitState state, std::string_view reason, std::string_view method,
                          const Moments& moments, const RareMoments& rare, std::span<const double> sigma,
                          std::span<const double> error, std::int64_t format_version = layout::format_version);

}  // namespace specsweep::results
