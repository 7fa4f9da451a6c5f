#include "auth/token.h"
#include "auth/token_key.h"
#include "codec/base64url.h"
#include "codec/json_writer.h"

namespace galley::auth {

namespace {

Result<void> check_claims(const TokenClaims& claims) {
    if (!is_valid_email(claims.email)) {
        return fail(ErrorCode::InvalidInput, "token subject: expected an e-mail address without spaces", "sub");
    }
    if (!is_valid_display_name(claims.name)) {
        return fail(ErrorCode::InvalidInput, "token name: too long, or has control characters", "name");
    }
    if (claims.lifetime <= std::chrono::seconds(0) || claims.lifetime > kTokenLifetimeMax) {
        return fail(ErrorCode::InvalidInput, "token lifetime: must lie between 1 second and 10 years", "lifetime");
    }
    return {};
}

std::string header_json(const TokenKey& key) {
    std::string json;
    codec::JsonWriter writer(json);
    writer.begin_object();
    writer.field("alg", algorithm_name(key.algorithm));
    writer.field("typ", "JWT");
    if (!key.kid.empty()) writer.field("kid", key.kid);
    writer.end_object();
    return json;
}

std::string claims_json(const TokenClaims& claims, Time now) {
    const std::int64_t now_seconds = to_unix_ms(now) / 1000;
    std::string json;
    codec::JsonWriter writer(json);
    writer.begin_object();
    writer.field("sub", claims.email);
    writer.field("role", role_name(claims.role));
    if (!claims.name.empty()) writer.field("name", claims.name);
    if (!claims.issuer.empty()) writer.field("iss", claims.issuer);
    if (!claims.audience.empty()) writer.field("aud", claims.audience);
    writer.field("iat", now_seconds);
    writer.field("nbf", now_seconds);
    writer.field("exp", now_seconds + claims.lifetime.count());
    writer.end_object();
    return json;
}

}  // namespace

Result<std::string> mint(const TokenClaims& claims, const TokenKey& key, const os::Clock& clock) {
    GALLEY_TRY_VOID(check_claims(claims));
    GALLEY_TRY(const auto signer, make_signature_key(key));
    std::string token = codec::base64url_encode(header_json(key));
    token.append(1, '.').append(codec::base64url_encode(claims_json(claims, clock.now())));
    GALLEY_TRY(const std::string signature, signer->sign(token));
    return token.append(1, '.').append(codec::base64url_encode(signature));
}

}  // namespace galley::auth
