#include "results/content_crc.hpp"

#include <array>
#include <vector>

#include "base/hash.hpp"
#include "results/moment_list.hpp"

namespace specsweep::results {

namespace {

std::uint32_t add_text(std::string_view text, std::uint32_t crc)
{
    constexpr std::array<std::byte, 1> end{};
    return crc32(end, crc32(std::as_bytes(std::span(text)), crc));
}

}  // namespace

std::uint32_t content_crc(std::string_view id, UnitState state, std::string_view reason, std::string_view method,
                          const Moments& moments, const RareMoments& rare, std::span<const double> sigma,
                          std::span<const double> error, std::int64_t format_version)
{
    const std::array<UnitState, 1> states{state};
    std::vector<double> real;
    for (const RealMoment& moment : real_moments())
        if (moment.since <= format_version)
            real.push_back(moments.*moment.member);
    std::vector<std::int64_t> counts;
    for (const CountMoment& moment : count_moments())
        if (moment.since <= format_version)
            counts.push_back(moments.*moment.member);
    std::uint32_t crc = add_text(id, 0);
    crc = crc32(std::as_bytes(std::span(states)), crc);
    if (state == UnitState::failed)
        crc = add_text(reason, crc);
    crc = add_text(method, crc);
    crc = crc32(std::as_bytes(std::span(real)), crc);
    crc = crc32(std::as_bytes(std::span(counts)), crc);
    if (const metrics::ExtendedMoments* const extended = kept_extended(rare))
        for (const ExtendedMoment& moment : extended_moments()) {
            const std::array<double, 1> value{extended->*moment.member};
            crc = crc32(std::as_bytes(std::span(value)), crc);
        }
    if (rare.cosine_histogram) {
        crc = crc32(std::as_bytes(std::span(rare.cosine_histogram->raw)), crc);
        crc = crc32(std::as_bytes(std::span(rare.cosine_histogram->centred)), crc);
    }
    crc = crc32(std::as_bytes(sigma), crc);
    return crc32(std::as_bytes(error), crc);
}

}  // namespace specsweep::results
