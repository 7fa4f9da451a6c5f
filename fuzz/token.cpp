// fuzz/token.cpp — bearer tokens. The first byte says how far the input gets: 'T' it is the whole token; 'H' it is the
// header and 'C' the claims of a token that is otherwise good and rightly signed, to reach the checks behind.
#include "auth/token.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "codec/base64url.h"
#include "os/clock.h"

namespace {

using galley::auth::Caller;
using galley::auth::TokenAlgorithm;
using galley::auth::TokenVerifier;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

class FixedClock final : public galley::os::Clock {
 public:
    galley::Time now() const override { return galley::from_unix_ms(1'767'225'600'000); }
    galley::MonotonicTime monotonic() const override { return {}; }
};

std::string signed_token(std::string_view header, std::string_view claims) {
    std::string token = galley::codec::base64url_encode(header) + "." + galley::codec::base64url_encode(claims);
    return token + "." + galley::codec::base64url_encode(galley::hmac_sha256(kSecret, token).view());
}

std::string token_from(std::string_view input) {
    const char mode = input.empty() ? 'T' : input.front();
    const std::string_view rest = input.empty() ? input : input.substr(1);
    if (mode == 'H') return signed_token(rest, R"({"sub":"a@b.example","exp":1767225700})");
    if (mode == 'C') return signed_token(R"({"alg":"HS256"})", rest);
    return std::string(rest);
}

const TokenVerifier& verifier() {
    static const FixedClock clock;
    static const TokenVerifier one =
        std::move(*TokenVerifier::create({.keys = {{"", TokenAlgorithm::Hs256, std::string(kSecret)}}}, clock));
    return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    static_cast<void>(galley::auth::bearer_token(input));
    const galley::Result<Caller> caller = verifier().verify(token_from(input));
    // Whatever is let through must be usable as an identity.
    if (caller) GALLEY_CHECK(galley::auth::is_valid_email(caller->email));
    if (!caller) GALLEY_CHECK(caller.error().code == galley::ErrorCode::Unauthenticated);
    return 0;
}
