// src/auth/token.h — bearer tokens: verifying the JWT of a request and minting one for `galley token`.
//
// Shape    verify("eyJ…") gives the Caller. Each key is bound to one algorithm, with which the token's `alg` is only
//          compared. A token names its key by `kid`; one without is checked with the key whose kid is empty, or with
//          the only key.
// Units    times in the token are seconds since 1970; leeway and lifetime in seconds.
// Errors   create, mint: InvalidInput (no key, two keys with one kid, a secret under kTokenSecretBytesMin bytes, leeway
//          out of 0–60 s, claims that verify would refuse). verify, bearer_token: Unauthenticated, saying why.
// Owner    copies the keys into keyed contexts; borrows the clock, which must outlive the verifier.
// Threads  verify() from any thread; contexts are pooled, so that calls do not wait for each other's arithmetic.
// Limits   kTokenBytesMax; those of caller.h for subject and name.
// Source   RFC 7519, RFC 7515, RFC 8725 (best practice). Strict: base64url without padding or spare bits; `none`,
//          `crit`, `jku`, `jwk`, `x5u`, `x5c` and duplicate names are refused; `exp` is required; without `role` it is
//          `user`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/caller.h"
#include "base/error.h"
#include "os/clock.h"

namespace galley::auth {

inline constexpr std::size_t kTokenBytesMax = 8192;
inline constexpr std::size_t kTokenSecretBytesMin = 32;  // RFC 7518 §3.2: at least the size of the hash
inline constexpr std::chrono::seconds kTokenLeewayMax{60};
inline constexpr std::chrono::seconds kTokenLifetimeMax{std::chrono::hours(24 * 3653)};

// GAP: RS256 and EdDSA; each is one enumerator, one row of the signer table in token_key.cpp and a key in PEM.
enum class TokenAlgorithm : std::uint8_t { Hs256 };

struct TokenKey {
    std::string kid;  // empty: for tokens that name no key
    TokenAlgorithm algorithm = TokenAlgorithm::Hs256;
    std::string secret;
};

struct TokenVerifierOptions {
    std::vector<TokenKey> keys{};     // several for rotation
    std::string issuer{};             // `iss` must equal it; empty: not checked
    std::string audience{};           // `aud` must be or contain it; empty: not checked
    std::chrono::seconds leeway{30};  // how far clocks may disagree for exp and nbf
};

class TokenVerifier {
 public:
    static Result<TokenVerifier> create(const TokenVerifierOptions& options, const os::Clock& clock);
    TokenVerifier(TokenVerifier&&) noexcept;
    TokenVerifier& operator=(TokenVerifier&&) noexcept;
    ~TokenVerifier();

    // Level 1 of R11: the token is valid.
    Result<Caller> verify(std::string_view token) const;

 private:
    struct State;
    explicit TokenVerifier(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// The token in an Authorization header's value ("Bearer eyJ…", the scheme in any case).
Result<std::string_view> bearer_token(std::string_view authorization);

struct TokenClaims {
    std::string email{};  // `sub`
    Role role = Role::User;
    std::string name{};  // left out when empty, as are the next two
    std::string issuer{};
    std::string audience{};
    std::chrono::seconds lifetime{std::chrono::hours(1)};
};

// A signed token, valid from the clock's now for `lifetime`.
Result<std::string> mint(const TokenClaims& claims, const TokenKey& key, const os::Clock& clock);

}  // namespace galley::auth
