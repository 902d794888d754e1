#include <openssl/evp.h>

#include <array>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/hex.hpp"

namespace specsweep {

struct Sha256::State {
    EVP_MD_CTX* handle = EVP_MD_CTX_new();
    State()
    {
        if (handle == nullptr || EVP_DigestInit_ex(handle, EVP_sha256(), nullptr) != 1)
            throw InternalError("SHA-256 is not available", "libcrypto refused to start it");
    }
    ~State() { EVP_MD_CTX_free(handle); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view text)
{
    if (EVP_DigestUpdate(state_->handle, text.data(), text.size()) != 1)
        throw InternalError("SHA-256 failed");
}

std::string Sha256::hex()
{
    std::array<unsigned char, 32> bytes{};
    unsigned int length = 0;
    if (EVP_DigestFinal_ex(state_->handle, bytes.data(), &length) != 1 || length != bytes.size())
        throw InternalError("SHA-256 failed");
    std::string text;
    for (const unsigned char byte : bytes) {
        text += hex_character(byte >> 4);
        text += hex_character(byte);
    }
    return text;
}

std::string sha256_hex(std::string_view text)
{
    Sha256 hash;
    hash.update(text);
    return hash.hex();
}

}  // namespace specsweep
