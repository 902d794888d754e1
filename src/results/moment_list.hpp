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

/// One dataset of /extended.
struct ExtendedMoment {
    std::string_view path, unit, summary;
    double metrics::ExtendedMoments::*member;
};

std::span<const RealMoment> real_moments();
std::span<const CountMoment> count_moments();
std::span<const ExtendedMoment> extended_moments();

/// What a file keeps of the extended moments: nothing where all are NaN, so that what is read is what was written.
const metrics::ExtendedMoments* kept_extended(const RareMoments&);

}  // namespace specsweep::results
