#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "results/unit_result.hpp"

namespace specsweep::results {

/// One dataset of /moments. The order of the lists is that of content_crc.
struct RealMoment {
    std::string_view path, unit, summary;
    double Moments::*member;
    std::int64_t since;  ///< format_version that brought it
};

struct CountMoment {
    std::string_view path, summary;
    std::int64_t Moments::*member;
    std::int64_t since;
};

std::span<const RealMoment> real_moments();
std::span<const CountMoment> count_moments();

}  // namespace specsweep::results
