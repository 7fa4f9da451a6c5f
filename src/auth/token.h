// src/auth/token.h — bearer tokens: verifying the JWT of a request and minting one for `galley token`.
//
// Shape    verify("eyJ…") gives the Caller. Each key is bound to one algorithm, with which the token's `alg` is only
//          compared. A token names its key by `kid`; one without is checked with the key whose kid is empty, or with
//          the only key. replace() swaps keys and rules under running calls. Tokens whose signature is costly to check
//          (RS256, EdDSA) are remembered by their SHA-256 until they expire or the keys change.
// Units    times in the token are seconds since 1970; leeway and lifetime in seconds.
// Errors   create, replace, mint: InvalidInput (no key, too many, two with one kid, material that token_key.h refuses,
//          leeway out of 0–60 s, claims that verify would refuse); after a refused replace() all is as before.
//          verify, bearer_token: Unauthenticated, saying why; verify: LimitExceeded, where it says so.
// Owner    copies the keys into keyed contexts; borrows the clock, which must outlive the verifier.
// Threads  verify() and replace() from any thread; a verify() under way ends with the keys it began with.
// Limits   kTokenBytesMax, kTokenKeysMax, kVerifiedTokensMax; those of caller.h for subject and name.
// Source   RFC 7519, RFC 7515, RFC 8725 (best practice). Strict: base64url without padding or spare bits; `none`,
//          `crit`, `b64`, `jku`, `jwk`, `x5u`, `x5c`, `enc`, `zip`, nested tokens and duplicate names are refused;
//          `exp` is required; without `role` it is `user`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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

inline constexpr std::size_t kTokenKeysMax = 64;
inline constexpr std::size_t kVerifiedTokensMax = 4096;  // remembered at once, about 1 KiB each
inline constexpr int kRsaBitsMin = 2048;
inline constexpr int kRsaBitsMax = 8192;

enum class TokenAlgorithm : std::uint8_t { Hs256, Rs256, EdDsa };
std::string_view algorithm_name(TokenAlgorithm algorithm);  // "HS256", "RS256", "EdDSA", as in a token's `alg`
std::optional<TokenAlgorithm> parse_algorithm(std::string_view name);

struct TokenKey {
    std::string kid;  // empty: for tokens that name no key
    TokenAlgorithm algorithm = TokenAlgorithm::Hs256;
    std::string material;  // HS256: the secret; else a key in PEM, of which checking needs the public half only
};

struct TokenVerifierOptions {
    std::vector<TokenKey> keys{};     // several for rotation
    std::string issuer{};             // `iss` must equal it; empty: not checked
    std::string audience{};           // `aud` must be or contain it; empty: not checked
    std::chrono::seconds leeway{30};  // how far clocks may disagree for exp, nbf and iat
};

class TokenVerifier {
 public:
    static Result<TokenVerifier> create(const TokenVerifierOptions& options, const os::Clock& clock);
    TokenVerifier(TokenVerifier&&) noexcept;
    TokenVerifier& operator=(TokenVerifier&&) noexcept;
    ~TokenVerifier();

    // Level 1 of R11: the token is valid. Effort::Cheap: no signature by RS256 or EdDSA is computed; a token that needs
    // one and is not remembered gives LimitExceeded.
    enum class Effort : std::uint8_t { Full, Cheap };
    Result<Caller> verify(std::string_view token, Effort effort = Effort::Full) const;

    // For every call that begins from now on.
    Result<void> replace(const TokenVerifierOptions& options);

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
