#include "results/content_crc.hpp"

#include <array>

#include "base/hash.hpp"

namespace specsweep::results {

namespace {

std::uint32_t add_text(std::string_view text, std::uint32_t crc)
{
    constexpr std::array<std::byte, 1> end{};
    return crc32(end, crc32(std::as_bytes(std::span(text)), crc));
}

}  // namespace

std::uint32_t content_crc(std::string_view id, UnitState state, std::string_view reason, std::string_view method,
                          const Moments& moments, std::span<const double> sigma, std::span<const double> error)
{
    const std::array<UnitState, 1> states{state};
    const std::array real{moments.frobenius_squared, moments.frobenius_squared_error, moments.inner_product,
                          moments.error_frobenius_squared, moments.error_max};
    const std::array counts{moments.zeroed, moments.clipped};
    std::uint32_t crc = add_text(id, 0);
    crc = crc32(std::as_bytes(std::span(states)), crc);
    if (state == UnitState::failed)
        crc = add_text(reason, crc);
    crc = add_text(method, crc);
    crc = crc32(std::as_bytes(std::span(real)), crc);
    crc = crc32(std::as_bytes(std::span(counts)), crc);
    crc = crc32(std::as_bytes(sigma), crc);
    return crc32(std::as_bytes(error), crc);
}

}  // namespace specsweep::results
