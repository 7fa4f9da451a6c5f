#include "auth/token.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "auth/token_claims.h"
#include "auth/token_key.h"
#include "base/digest.h"
#include "base/mutex.h"
#include "base/remembered.h"
#include "codec/base64url.h"

namespace galley::auth {

namespace {

constexpr std::size_t kHeaderDepthMax = 8;
// Names that let a token bring its own key or rules, or that belong to other kinds of token; RFC 8725 §3.10, RFC 7515
// §4.1.11, RFC 7797 §3, RFC 7516 §4.1.
constexpr std::array<std::string_view, 8> kRefusedHeaders{"crit", "b64", "jku", "jwk", "x5u", "x5c", "enc", "zip"};
constexpr std::array<std::pair<TokenAlgorithm, std::string_view>, 3> kAlgorithms{
    {{TokenAlgorithm::Hs256, "HS256"}, {TokenAlgorithm::Rs256, "RS256"}, {TokenAlgorithm::EdDsa, "EdDSA"}}};

struct Parts {
    std::string_view header;
    std::string_view claims;
    std::string_view signature;
    std::string_view signed_text;  // header.claims as they stand
};

Result<Parts> split(std::string_view token) {
    if (token.size() > kTokenBytesMax) return refuse_token("longer than " + std::to_string(kTokenBytesMax) + " bytes");
    const std::size_t first = token.find('.');
    const std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos) {
        return refuse_token("not three parts between two dots");
    }
    return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                 token.substr(0, second)};
}

struct Header {
    std::string algorithm;
    std::optional<std::string> kid;
};

// `typ` may say what it likes, but as text; a `cty` of "JWT" announces a token inside the token.
Result<void> check_types(const codec::JsonValue& header) {
    for (const std::string_view name : {"typ", "cty"}) {
        const auto value = header.find(name);
        if (value && !value->is_string()) return refuse_token("header \"" + std::string(name) + "\" is not a string");
    }
    if (header.find("cty")) return refuse_token("a nested token (\"cty\") is not accepted");
    return {};
}

Result<Header> read_header(std::string_view part) {
    GALLEY_TRY(const codec::JsonDocument document, decode_token_part(part, "header", kHeaderDepthMax));
    const codec::JsonValue root = document.root();
    for (const std::string_view name : kRefusedHeaders) {
        if (root.find(name)) return refuse_token("header \"" + std::string(name) + "\" is not accepted");
    }
    GALLEY_TRY_VOID(check_types(root));
    const auto algorithm = root.find("alg");
    if (!algorithm || !algorithm->is_string()) return refuse_token("header names no algorithm");
    Header header{std::string(algorithm->string()), std::nullopt};
    if (const auto kid = root.find("kid")) {
        if (!kid->is_string()) return refuse_token("header \"kid\" is not a string");
        header.kid = std::string(kid->string());
    }
    return header;
}

Result<void> check_options(const TokenVerifierOptions& options) {
    const auto refuse = [](std::string what) { return fail(ErrorCode::InvalidInput, "token verifier: " + what); };
    if (options.keys.empty()) return refuse("no key is configured");
    if (options.keys.size() > kTokenKeysMax) return refuse("more than " + std::to_string(kTokenKeysMax) + " keys");
    if (options.leeway < std::chrono::seconds(0) || options.leeway > kTokenLeewayMax) {
        return refuse("leeway must lie between 0 and 60 seconds");
    }
    for (std::size_t i = 0; i < options.keys.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (options.keys[i].kid == options.keys[k].kid)
                return refuse("two keys have the kid \"" + options.keys[i].kid + "\"");
        }
    }
    return {};
}

// The keys and rules of one configuration, and the costly tokens that were verified under them.
class KeySet {
 public:
    static Result<std::shared_ptr<const KeySet>> create(const TokenVerifierOptions& options) {
        GALLEY_TRY_VOID(check_options(options));
        auto set = std::make_shared<KeySet>();
        set->rules_ = {options.issuer, options.audience, options.leeway};
        for (const TokenKey& key : options.keys) {
            Result<std::unique_ptr<SignatureKey>> signature_key = make_signature_key(key);
            if (!signature_key && !key.kid.empty()) signature_key.error().where = "kid " + key.kid;
            if (!signature_key) return fail(std::move(signature_key.error()));
            set->keys_.push_back({key.kid, key.algorithm, std::move(*signature_key)});
            set->has_costly_ = set->has_costly_ || is_costly(key.algorithm);
        }
        return set;
    }

    Result<Caller> verify(std::string_view token, Time now, TokenVerifier::Effort effort) const {
        GALLEY_TRY(const Parts parts, split(token));
        const std::optional<Digest> name = has_costly_ ? std::optional(sha256(token)) : std::nullopt;
        std::uint64_t generation = 0;
        if (name) {
            std::optional<VerifiedToken> known = verified_.find(*name, generation);
            if (known && check_span(known->span, now, rules_.leeway)) return std::move(known->caller);
        }
        GALLEY_TRY(const Header header, read_header(parts.header));
        GALLEY_TRY(const Key* key, choose(header));
        if (effort == TokenVerifier::Effort::Cheap && is_costly(key->algorithm)) {
            return fail(ErrorCode::LimitExceeded, "token: its signature is not checked now");
        }
        GALLEY_TRY_VOID(check_signature(*key, header, parts));
        GALLEY_TRY(VerifiedToken verified, read_claims(parts.claims, rules_));
        GALLEY_TRY_VOID(check_span(verified.span, now, rules_.leeway));
        if (name && is_costly(key->algorithm)) verified_.remember(*name, verified, generation);
        return std::move(verified.caller);
    }

 private:
    struct Key {
        std::string kid;
        TokenAlgorithm algorithm;
        std::unique_ptr<SignatureKey> signature_key;
    };

    static bool is_costly(TokenAlgorithm algorithm) { return algorithm != TokenAlgorithm::Hs256; }

    Result<const Key*> choose(const Header& header) const {
        if (!header.kid && keys_.size() == 1) return &keys_.front();
        const std::string wanted = header.kid.value_or("");
        const auto found = std::ranges::find(keys_, wanted, &Key::kid);
        if (found != keys_.end()) return &*found;
        return refuse_token(header.kid ? "unknown \"kid\"" : "header names no key (\"kid\")");
    }

    // The key decides the algorithm; the header may only agree. That also refuses "none" in every spelling.
    static Result<void> check_signature(const Key& key, const Header& header, const Parts& parts) {
        if (header.algorithm != algorithm_name(key.algorithm)) return refuse_token("algorithm is not the key's");
        const Result<std::string> signature = codec::base64url_decode(parts.signature);
        if (!signature) return refuse_token("signature is not base64url");
        if (key.signature_key->verifies(parts.signed_text, *signature)) return {};
        return refuse_token("bad signature");
    }

    std::vector<Key> keys_;
    TokenRules rules_;
    bool has_costly_ = false;
    mutable Remembered<Digest, VerifiedToken> verified_{kVerifiedTokensMax};
};

}  // namespace

std::string_view algorithm_name(TokenAlgorithm algorithm) {
    for (const auto& [value, name] : kAlgorithms) {
        if (value == algorithm) return name;
    }
    return "";
}

std::optional<TokenAlgorithm> parse_algorithm(std::string_view name) {
    for (const auto& [value, text] : kAlgorithms) {
        if (text == name) return value;
    }
    return std::nullopt;
}

struct TokenVerifier::State {
    State(std::shared_ptr<const KeySet> set, const os::Clock& the_clock) : clock(the_clock), keys(std::move(set)) {}

    std::shared_ptr<const KeySet> current() const {
        const MutexLock lock(mutex);
        return keys;
    }

    const os::Clock& clock;
    mutable Mutex mutex;
    std::shared_ptr<const KeySet> keys GALLEY_GUARDED_BY(mutex);
};

TokenVerifier::TokenVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
TokenVerifier::TokenVerifier(TokenVerifier&&) noexcept = default;
TokenVerifier& TokenVerifier::operator=(TokenVerifier&&) noexcept = default;
TokenVerifier::~TokenVerifier() = default;

Result<TokenVerifier> TokenVerifier::create(const TokenVerifierOptions& options, const os::Clock& clock) {
    GALLEY_TRY(auto keys, KeySet::create(options));
    return TokenVerifier(std::make_unique<State>(std::move(keys), clock));
}

Result<void> TokenVerifier::replace(const TokenVerifierOptions& options) {
    GALLEY_TRY(auto keys, KeySet::create(options));
    const MutexLock lock(state_->mutex);
    state_->keys.swap(keys);  // the old ones go when the last call that uses them ends
    return {};
}

Result<Caller> TokenVerifier::verify(std::string_view token, Effort effort) const {
    return state_->current()->verify(token, state_->clock.now(), effort);
}

Result<std::string_view> bearer_token(std::string_view authorization) {
    constexpr std::string_view kScheme = "bearer";
    const std::size_t space = authorization.find(' ');
    const std::string_view scheme = authorization.substr(0, space);
    const bool is_bearer = std::ranges::equal(
        scheme, kScheme, [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
    if (space == authorization.npos || !is_bearer) {
        return fail(ErrorCode::Unauthenticated, "expected \"Authorization: Bearer <token>\"");
    }
    const std::size_t start = authorization.find_first_not_of(' ', space);
    if (start == authorization.npos) return refuse_token("empty");
    return authorization.substr(start);
}

}  // namespace galley::auth
