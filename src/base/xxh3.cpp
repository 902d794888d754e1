#include <xxhash.h>

#include <new>

#include "base/hash.hpp"
#include "base/hex.hpp"

namespace specsweep {
namespace {

Digest128 from_xxhash(XXH128_hash_t hash)
{
    return {.high = hash.high64, .low = hash.low64};
}

std::optional<std::uint64_t> hex_word(std::string_view text)
{
    std::uint64_t word = 0;
    for (const char c : text) {
        const int digit = hex_digit(c);
        if (digit < 0)
            return std::nullopt;
        word = word << 4 | static_cast<std::uint64_t>(digit);
    }
    return word;
}

}  // namespace

std::string Digest128::hex() const
{
    std::string text;
    for (const std::uint64_t word : {high, low})
        for (int shift = 60; shift >= 0; shift -= 4)
            text += hex_character(static_cast<int>(word >> shift & 15));
    return text;
}

std::optional<Digest128> Digest128::from_hex(std::string_view text)
{
    if (text.size() != 32)
        return std::nullopt;
    const auto high = hex_word(text.substr(0, 16));
    const auto low = hex_word(text.substr(16));
    if (!high || !low)
        return std::nullopt;
    return Digest128{.high = *high, .low = *low};
}

struct Xxh3::State {
    XXH3_state_t* handle = XXH3_createState();
    State()
    {
        if (handle == nullptr)
            throw std::bad_alloc();
        XXH3_128bits_reset(handle);
    }
    ~State() { XXH3_freeState(handle); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Xxh3::Xxh3() : state_(std::make_unique<State>()) {}
Xxh3::~Xxh3() = default;
Xxh3::Xxh3(Xxh3&&) noexcept = default;
Xxh3& Xxh3::operator=(Xxh3&&) noexcept = default;

void Xxh3::update(std::span<const std::byte> bytes)
{
    XXH3_128bits_update(state_->handle, bytes.data(), bytes.size());
}

Digest128 Xxh3::digest() const
{
    return from_xxhash(XXH3_128bits_digest(state_->handle));
}

Digest128 xxh3_128(std::span<const std::byte> bytes)
{
    return from_xxhash(XXH3_128bits(bytes.data(), bytes.size()));
}

}  // namespace specsweep
