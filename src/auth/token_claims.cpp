#include "auth/token_claims.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "codec/base64url.h"

namespace galley::auth {

namespace {

using codec::JsonDocument;
using codec::JsonValue;

Result<std::optional<std::string>> text_claim(const JsonValue& claims, std::string_view name) {
    const auto value = claims.find(name);
    if (!value) return std::optional<std::string>();
    if (!value->is_string()) return refuse_token("claim \"" + std::string(name) + "\" is not a string");
    return std::optional(std::string(value->string()));
}

Result<std::optional<double>> time_claim(const JsonValue& claims, std::string_view name) {
    const auto value = claims.find(name);
    if (!value) return std::optional<double>();
    if (!value->is_number()) return refuse_token("claim \"" + std::string(name) + "\" is not a number");
    const double seconds = value->number();
    if (seconds >= -kTokenTimeMax && seconds <= kTokenTimeMax) return std::optional(seconds);
    return refuse_token("claim \"" + std::string(name) + "\" is beyond any calendar");
}

Result<TokenSpan> read_span(const JsonValue& claims) {
    constexpr double kAlways = -std::numeric_limits<double>::infinity();
    GALLEY_TRY(const auto expires, time_claim(claims, "exp"));
    GALLEY_TRY(const auto not_before, time_claim(claims, "nbf"));
    GALLEY_TRY(const auto issued_at, time_claim(claims, "iat"));
    if (!expires) return refuse_token("claim \"exp\" is missing");
    return TokenSpan{std::max(not_before.value_or(kAlways), issued_at.value_or(kAlways)), *expires};
}

Result<std::vector<std::string>> read_audience(const JsonValue& claims) {
    std::vector<std::string> audience;
    const auto value = claims.find("aud");
    if (!value) return audience;
    if (!value->is_string() && !value->is_array()) return refuse_token("claim \"aud\" is neither a string nor a list");
    if (value->is_string()) audience.emplace_back(value->string());
    for (const JsonValue& element : value->elements()) {
        if (!element.is_string()) return refuse_token("claim \"aud\" has an element that is not a string");
        audience.emplace_back(element.string());
    }
    return audience;
}

Result<void> check_parties(const JsonValue& claims, const TokenRules& rules) {
    GALLEY_TRY(const auto issuer, text_claim(claims, "iss"));
    GALLEY_TRY(const auto audience, read_audience(claims));
    GALLEY_TRY_VOID(text_claim(claims, "jti"));
    if (!rules.issuer.empty() && issuer != rules.issuer) return refuse_token("issued by someone else");
    if (!rules.audience.empty() && std::ranges::find(audience, rules.audience) == audience.end()) {
        return refuse_token("meant for someone else");
    }
    return {};
}

Result<Caller> read_caller(const JsonValue& claims) {
    GALLEY_TRY(const auto subject, text_claim(claims, "sub"));
    GALLEY_TRY(const auto role_text, text_claim(claims, "role"));
    GALLEY_TRY(const auto name, text_claim(claims, "name"));
    if (!subject || !is_valid_email(*subject)) return refuse_token("claim \"sub\" is not an e-mail address");
    if (!is_valid_display_name(name.value_or("")))
        return refuse_token("claim \"name\" is too long or has control characters");
    const auto role = role_text ? parse_role(*role_text) : Role::User;
    if (!role) return refuse_token("claim \"role\" is not admin, staff, user or worker");
    return Caller{*subject, *role, name.value_or("")};
}

}  // namespace

std::unexpected<Error> refuse_token(std::string_view what) {
    return fail(ErrorCode::Unauthenticated, "token: " + std::string(what));
}

Result<JsonDocument> decode_token_part(std::string_view part, std::string_view part_name, std::size_t depth_max) {
    const Result<std::string> text = codec::base64url_decode(part);
    if (!text) return refuse_token(std::string(part_name) + " is not base64url");
    Result<JsonDocument> document = JsonDocument::parse(*text, depth_max);
    if (document && document->root().is_object()) return document;
    return refuse_token(std::string(part_name) + " is not a JSON object");
}

Result<VerifiedToken> read_claims(std::string_view part, const TokenRules& rules) {
    GALLEY_TRY(const JsonDocument claims, decode_token_part(part, "claims", kClaimsDepthMax));
    GALLEY_TRY(const TokenSpan span, read_span(claims.root()));
    GALLEY_TRY_VOID(check_parties(claims.root(), rules));
    GALLEY_TRY(Caller caller, read_caller(claims.root()));
    return VerifiedToken{std::move(caller), span};
}

Result<void> check_span(const TokenSpan& span, Time now, std::chrono::seconds leeway) {
    const double now_seconds = static_cast<double>(to_unix_ms(now)) / 1000.0;
    const auto leeway_seconds = static_cast<double>(leeway.count());
    if (now_seconds >= span.until + leeway_seconds) return refuse_token("expired");
    if (now_seconds < span.from - leeway_seconds) return refuse_token("not valid yet");
    return {};
}

}  // namespace galley::auth
