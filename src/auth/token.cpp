#include "auth/token.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "auth/token_key.h"
#include "codec/base64url.h"
#include "codec/json.h"

namespace galley::auth {

namespace {

using codec::JsonDocument;
using codec::JsonValue;

constexpr std::size_t kHeaderDepthMax = 8;
constexpr std::size_t kClaimsDepthMax = 16;
// Names that let a token bring its own key or rules; RFC 8725 §3.10, RFC 7515 §4.1.11.
constexpr std::array<std::string_view, 5> kRefusedHeaders{"crit", "jku", "jwk", "x5u", "x5c"};

std::string_view algorithm_name(TokenAlgorithm algorithm) {
    switch (algorithm) {
        case TokenAlgorithm::Hs256:
            return "HS256";
    }
    return "";
}

std::unexpected<Error> refuse(std::string_view what) {
    return fail(ErrorCode::Unauthenticated, "token: " + std::string(what));
}

struct Parts {
    std::string_view header;
    std::string_view claims;
    std::string_view signature;
    std::string_view signed_text;  // header.claims as they stand
};

Result<Parts> split(std::string_view token) {
    if (token.size() > kTokenBytesMax) return refuse("longer than " + std::to_string(kTokenBytesMax) + " bytes");
    const std::size_t first = token.find('.');
    const std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos) {
        return refuse("not three parts between two dots");
    }
    return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                 token.substr(0, second)};
}

Result<JsonDocument> decode_object(std::string_view part, std::string_view part_name, std::size_t depth_max) {
    const Result<std::string> text = codec::base64url_decode(part);
    if (!text) return refuse(std::string(part_name) + " is not base64url");
    Result<JsonDocument> document = JsonDocument::parse(*text, depth_max);
    if (!document || !document->root().is_object()) return refuse(std::string(part_name) + " is not a JSON object");
    return document;
}

struct Header {
    std::string algorithm;
    std::optional<std::string> kid;
};

Result<Header> read_header(std::string_view part) {
    GALLEY_TRY(const JsonDocument document, decode_object(part, "header", kHeaderDepthMax));
    const JsonValue root = document.root();
    for (const std::string_view name : kRefusedHeaders) {
        if (root.find(name)) return refuse("header \"" + std::string(name) + "\" is not accepted");
    }
    const auto algorithm = root.find("alg");
    if (!algorithm || !algorithm->is_string()) return refuse("header names no algorithm");
    Header header{std::string(algorithm->string()), std::nullopt};
    if (const auto kid = root.find("kid")) {
        if (!kid->is_string()) return refuse("header \"kid\" is not a string");
        header.kid = std::string(kid->string());
    }
    return header;
}

Result<std::optional<std::string>> text_claim(const JsonValue& claims, std::string_view name) {
    const auto value = claims.find(name);
    if (!value) return std::optional<std::string>();
    if (!value->is_string()) return refuse("claim \"" + std::string(name) + "\" is not a string");
    return std::optional(std::string(value->string()));
}

Result<std::optional<double>> time_claim(const JsonValue& claims, std::string_view name) {
    const auto value = claims.find(name);
    if (!value) return std::optional<double>();
    if (!value->is_number()) return refuse("claim \"" + std::string(name) + "\" is not a number");
    return std::optional(value->number());
}

Result<void> check_times(const JsonValue& claims, Time now, std::chrono::seconds leeway) {
    GALLEY_TRY(const auto expires, time_claim(claims, "exp"));
    GALLEY_TRY(const auto not_before, time_claim(claims, "nbf"));
    const double now_seconds = static_cast<double>(to_unix_ms(now)) / 1000.0;
    const auto leeway_seconds = static_cast<double>(leeway.count());
    if (!expires) return refuse("claim \"exp\" is missing");
    if (now_seconds >= *expires + leeway_seconds) return refuse("expired");
    if (not_before && now_seconds < *not_before - leeway_seconds) return refuse("not valid yet");
    return {};
}

bool is_or_contains(const JsonValue& value, std::string_view wanted) {
    if (value.is_string()) return value.string() == wanted;
    const std::vector<JsonValue> elements = value.elements();
    return std::ranges::any_of(
        elements, [wanted](const JsonValue& element) { return element.is_string() && element.string() == wanted; });
}

Result<void> check_parties(const JsonValue& claims, std::string_view issuer, std::string_view audience) {
    if (!issuer.empty()) {
        GALLEY_TRY(const auto found, text_claim(claims, "iss"));
        if (found != issuer) return refuse("issued by someone else");
    }
    if (!audience.empty()) {
        const auto found = claims.find("aud");
        if (!found || !is_or_contains(*found, audience)) return refuse("meant for someone else");
    }
    return {};
}

Result<Caller> read_caller(const JsonValue& claims) {
    GALLEY_TRY(const auto subject, text_claim(claims, "sub"));
    GALLEY_TRY(const auto role_text, text_claim(claims, "role"));
    GALLEY_TRY(const auto name, text_claim(claims, "name"));
    if (!subject || !is_valid_email(*subject)) return refuse("claim \"sub\" is not an e-mail address");
    if (!is_valid_display_name(name.value_or("")))
        return refuse("claim \"name\" is too long or has control characters");
    const auto role = role_text ? parse_role(*role_text) : Role::User;
    if (!role) return refuse("claim \"role\" is not admin, staff or user");
    return Caller{*subject, *role, name.value_or("")};
}

Result<void> check_options(const TokenVerifierOptions& options) {
    if (options.keys.empty()) return fail(ErrorCode::InvalidInput, "token verifier: no key is configured");
    if (options.leeway < std::chrono::seconds(0) || options.leeway > kTokenLeewayMax) {
        return fail(ErrorCode::InvalidInput, "token verifier: leeway must lie between 0 and 60 seconds");
    }
    for (std::size_t i = 0; i < options.keys.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (options.keys[i].kid != options.keys[k].kid) continue;
            return fail(ErrorCode::InvalidInput,
                        "token verifier: two keys have the kid \"" + options.keys[i].kid + "\"");
        }
    }
    return {};
}

}  // namespace

struct TokenVerifier::State {
    struct Key {
        std::string kid;
        TokenAlgorithm algorithm;
        std::unique_ptr<Hs256Key> hs256;
    };

    std::vector<Key> keys;
    std::string issuer;
    std::string audience;
    std::chrono::seconds leeway;
    const os::Clock& clock;

    Result<const Key*> choose(const Header& header) const {
        if (!header.kid && keys.size() == 1) return &keys.front();
        const std::string wanted = header.kid.value_or("");
        const auto found = std::ranges::find(keys, wanted, &Key::kid);
        if (found == keys.end()) return refuse(header.kid ? "unknown \"kid\"" : "header names no key (\"kid\")");
        return &*found;
    }
};

TokenVerifier::TokenVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
TokenVerifier::TokenVerifier(TokenVerifier&&) noexcept = default;
TokenVerifier& TokenVerifier::operator=(TokenVerifier&&) noexcept = default;
TokenVerifier::~TokenVerifier() = default;

Result<TokenVerifier> TokenVerifier::create(const TokenVerifierOptions& options, const os::Clock& clock) {
    GALLEY_TRY_VOID(check_options(options));
    std::vector<State::Key> keys;
    for (const TokenKey& key : options.keys) {
        GALLEY_TRY(auto hs256, Hs256Key::create(key.secret));
        keys.push_back({key.kid, key.algorithm, std::move(hs256)});
    }
    return TokenVerifier(
        std::unique_ptr<State>(new State{std::move(keys), options.issuer, options.audience, options.leeway, clock}));
}

Result<Caller> TokenVerifier::verify(std::string_view token) const {
    GALLEY_TRY(const Parts parts, split(token));
    GALLEY_TRY(const Header header, read_header(parts.header));
    GALLEY_TRY(const State::Key* key, state_->choose(header));
    // The key decides the algorithm; the header may only agree. That also refuses "none" in every spelling.
    if (header.algorithm != algorithm_name(key->algorithm)) return refuse("algorithm is not the key's");

    const Result<std::string> signature = codec::base64url_decode(parts.signature);
    if (!signature) return refuse("signature is not base64url");
    if (!equal_constant_time(*signature, key->hs256->sign(parts.signed_text).view())) return refuse("bad signature");

    GALLEY_TRY(const JsonDocument claims, decode_object(parts.claims, "claims", kClaimsDepthMax));
    GALLEY_TRY_VOID(check_times(claims.root(), state_->clock.now(), state_->leeway));
    GALLEY_TRY_VOID(check_parties(claims.root(), state_->issuer, state_->audience));
    return read_caller(claims.root());
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
    if (start == authorization.npos) return refuse("empty");
    return authorization.substr(start);
}

}  // namespace galley::auth
