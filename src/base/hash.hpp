#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace specsweep {

/// 128-bit content digest (XXH3). Not cryptographic: it detects change and equal content, not malice.
struct Digest128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    /// 32 lower-case hex characters.
    std::string hex() const;
    static std::optional<Digest128> from_hex(std::string_view text);

    auto operator<=>(const Digest128&) const = default;
};

/// Streaming XXH3-128.
class Xxh3 {
public:
    Xxh3();
    ~Xxh3();
    Xxh3(Xxh3&&) noexcept;
    Xxh3& operator=(Xxh3&&) noexcept;

    void update(std::span<const std::byte> bytes);
    Digest128 digest() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

Digest128 xxh3_128(std::span<const std::byte> bytes);

/// Streaming SHA-256: names of units, plans and sweeps.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view text);
    /// 64 lower-case hex characters of what was given so far; may be called once.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view text);

/// CRC-32 (IEEE 802.3), the one of zlib.crc32: crc32(b, crc32(a)) = crc32(a ‖ b).
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t seed = 0);

}  // namespace specsweep
