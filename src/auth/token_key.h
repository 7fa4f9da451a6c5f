// src/auth/token_key.h — a key that checks and makes the signatures of tokens, by the one algorithm it is bound to.
//
// Shape    make_signature_key(TokenKey) reads the key's material: HS256 a secret, RS256 and EdDSA a PEM. A public
//          key only checks; a private one signs as well. Signatures are raw bytes.
// Errors   make_signature_key: InvalidInput (too short, too long, not PEM, another kind of key, encrypted).
//          sign: InvalidInput (the key is public). verifies: false, whatever is wrong.
// Owner    the material is copied into OpenSSL's objects, which wipe it.
// Threads  all methods from any thread.
// Limits   kTokenSecretBytesMin for a secret; kRsaBitsMin to kRsaBitsMax for RSA.
// Source   RFC 7518 §3.2, §3.3; RFC 8037 §3.1 (Ed25519 alone).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "auth/token.h"
#include "base/error.h"

namespace galley::auth {

class SignatureKey {
 public:
    virtual ~SignatureKey() = default;
    virtual bool verifies(std::string_view text, std::string_view signature) const = 0;
    virtual Result<std::string> sign(std::string_view text) const = 0;
};

Result<std::unique_ptr<SignatureKey>> make_signature_key(const TokenKey& key);

}  // namespace galley::auth
