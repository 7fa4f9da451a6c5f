// src/auth/key_pair.h — new keys for tokens, as `galley token keygen` writes them.
//
// Shape    HS256: one secret of 64 hex digits in both halves. RS256, EdDSA: PKCS #8 and SubjectPublicKeyInfo in PEM.
// Errors   InvalidInput (RSA bits out of range); Unavailable (OpenSSL could not make one).
// Threads  any.
// Limits   kRsaBitsMin to kRsaBitsMax.
// Source   OpenSSL draws the primes and seeds from its own generator, which the kernel seeds.
#pragma once

#include <string>

#include "auth/token.h"
#include "base/error.h"
#include "os/random.h"

namespace galley::auth {

struct KeyPair {
    std::string private_half;  // to mint with
    std::string public_half;   // to verify with
};

Result<KeyPair> generate_key_pair(TokenAlgorithm algorithm, int rsa_bits, os::Random& random);

}  // namespace galley::auth
