#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace galley {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// EVP_sha256() looks its provider up on each use; a fetched method does not (12 against 0.6 µs for short input).
const EVP_MD* sha256_method() {
    static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return method;
}

}  // namespace

std::string hex_encode(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += kHexDigits[byte >> 4];
        text += kHexDigits[byte & 15];
    }
    return text;
}

std::string Digest::hex() const {
    return hex_encode(view());
}

Result<Digest> parse_digest(std::string_view hex) {
    Digest digest;
    if (hex.size() != digest.bytes.size() * 2) return fail(ErrorCode::InvalidInput, "a digest has 64 hex digits");
    for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
        const int high = hex_value(hex[2 * i]);
        const int low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) return fail(ErrorCode::InvalidInput, "a digest has lower-case hex digits only");
        digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return digest;
}

Digest digest_from_bytes(std::string_view bytes32) {
    Digest digest;
    GALLEY_CHECK(bytes32.size() == digest.bytes.size());
    std::copy(bytes32.begin(), bytes32.end(), digest.bytes.begin());
    return digest;
}

Digest sha256(std::string_view data) {
    Digest digest;
    unsigned int size = 0;
    GALLEY_CHECK(EVP_Digest(data.data(), data.size(), digest.bytes.data(), &size, sha256_method(), nullptr) == 1);
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view data) {
    Digest digest;
    unsigned int size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
    GALLEY_CHECK(HMAC(sha256_method(), key.data(), static_cast<int>(key.size()), bytes, data.size(),
                      digest.bytes.data(), &size) != nullptr);
    return digest;
}

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    GALLEY_CHECK(EVP_DigestInit_ex2(state_->context, sha256_method(), nullptr) == 1);
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view data) {
    GALLEY_CHECK(EVP_DigestUpdate(state_->context, data.data(), data.size()) == 1);
}

Digest Sha256::finish() {
    Digest digest;
    unsigned int size = 0;
    GALLEY_CHECK(EVP_DigestFinal_ex(state_->context, digest.bytes.data(), &size) == 1);
    return digest;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace galley
