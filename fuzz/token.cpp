// fuzz/token.cpp — bearer tokens of all algorithms. The first byte says how far the input gets: 'T' it is the whole
// token; 'H' (HS256), 'R' (RS256) and 'E' (EdDSA) it is the header, and 'C' the claims, of a token that is otherwise
// good and rightly signed, to reach the checks behind; 'S' it is the signature of an EdDSA token, 'Q' of an RS256 one.
#include "auth/token.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/token_key.h"
#include "base/digest.h"
#include "codec/base64url.h"
#include "os/clock.h"

namespace {

using galley::auth::Caller;
using galley::auth::SignatureKey;
using galley::auth::TokenAlgorithm;
using galley::auth::TokenKey;
using galley::auth::TokenVerifier;
using galley::codec::base64url_encode;

constexpr std::string_view kGoodClaims = R"({"sub":"a@b.example","exp":1767225700})";

const TokenKey kSecret{"", TokenAlgorithm::Hs256, "0123456789abcdef0123456789abcdef"};
// Keys made for this fuzzer alone.
const TokenKey kEdDsa{"ed", TokenAlgorithm::EdDsa, R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIGa+mvRguB2HRiuxxYRCFIWgIM17+cOUkfvj1KXYf94z
-----END PRIVATE KEY-----
)"};
const TokenKey kRs256{"rs", TokenAlgorithm::Rs256, R"(-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDtVByQxgaUCWPH
HymZ5N+ndO5ZMgDXaDqSN6KXw0kyUUTf6BnFOIaQySjvukpqpbOxqBPisLC/mgMX
CMKNyLSFDBwAAe704bg6njRmz5ergmrld88pI0x6167UW6FKMI6vFnwDSMOvge8/
0kVJ9ObbvWziaxkpuPkp47nUTmSuaziCHlBGu4UKrH7lBxxhU9aVdfXqQ9Go6BLB
5mQP3l4fbTURdoSV1a688t6vvmbCjPV+5wBz2PK/W+/6lbbjgMdTSOwjbVmVLujR
fXrcFKShNBXgYJAuUw8hvyb3OcdkBiLJEI2W9+K1xt430FZSmtAw+xCdhqkQ0+fa
LYu4xgtNAgMBAAECggEABIDxHdTe28D7MhR8T0hRmjWU2ap3lkmLEFVFR53+w0QE
Nj+K+vwh9ENs/HJLkTndxBmixE2CvSVouO+DSaTXus1KXBGtUtuptFW7kYE6U+3g
phl08Uc9302SgBh7t2hefMzEw7Hbd3bUGcudYamSa/RsnuCraehHCi12dvnvMoQb
AxuJO5spJe5WsfEPO1Cnl+jCB2sLsIUuW9lYWpIxWquKw34oUwZ4PHQCzD84HhF7
7BJ9oAgdWpl92Vl8N+gxfYl8IMEZ5efZU3tuBzTN0qFHi1TMS5gw1vpCqFnRNlBv
538X2iTX5GHwe4cnEUAcgNcYOJPBAFmQ+OKpO2kpIQKBgQD8qQMevPibHycfRmGE
8NvJdJZV00LzwQYUzLEenw/N23wLsTz1docJdEOXkpdFQVOIsq+NjxX17ZAzJyRV
8hQZfQ3t9r30WMOCNyRI/3PvOG7YBY8h458/F/CNCrULaEMGVxR1lgCnWfiBJ51J
9ZWB1ABx5Dre66MwbaODH5pwpQKBgQDwdzfN4YG2TZuc5zkCDreJ0mAD9L/d7TFV
xykEIxdyg9fkEXjKXhAnHjrsw60g0/yQ6Vx+hOR16fraFp25TmF7UtbQ+iNJuGOZ
g+Smt+KSiE/gEgz/DkpU6Nn/ancZ9T9Tn/T0aapOzG/XPN+yU7iTz5Q8H74M9Enm
eBLB+rpHiQKBgF+n7VJ54PV5ueoRT2JxfgSray9bKIH4lkDRrk0Vk3owmqoilB2q
nj1qEx0TlsnVjba3T9ecUIgnROzY6NzRJeLwgZGSVSBparul/MrWTCJJj02h7Sq7
btMIUT5Uy25iLt37ofdSrzSsz3S2dspFfDEG/pQgAFndhI8VM061bFcxAoGABGcq
bmqipWPmZYkWUiNS2QMxHuFsYfPl41wyNBEwbLhdS5/GRm5SfWTgT1WF5gP7q+uZ
9fcY98/A+B1R5gK5ZjiuFkV+P+tQZ48ysJrNW0GDtOaftkvcsJFS7IpWg/Mppa5Y
HeGRbL/xjE9hCTLfPlWesTsjj7kpYT7xmPuuTYECgYAic6je4oxwocbhcQ39in1Z
EPJlyCxHLjPMj0uZHWYp1fsMTSAgYXuCoeYd/qXFbapsb1uiTGpFxWJTXPquCMoh
u58QWBvTp6nHKUbTDyuJOqMdRAY86jiZYEzjVQzOVKWdcq3JuZe+qwi4ce/GqDYu
GPGmlzrVJuzQbOfUdX7nUg==
-----END PRIVATE KEY-----
)"};

class FixedClock final : public galley::os::Clock {
 public:
    galley::Time now() const override { return galley::from_unix_ms(1'767'225'600'000); }
    galley::MonotonicTime monotonic() const override { return {}; }
};

const SignatureKey& signer(const TokenKey& key) {
    static const auto hs256 = std::move(*galley::auth::make_signature_key(kSecret));
    static const auto eddsa = std::move(*galley::auth::make_signature_key(kEdDsa));
    static const auto rs256 = std::move(*galley::auth::make_signature_key(kRs256));
    return key.algorithm == TokenAlgorithm::Hs256 ? *hs256 : key.algorithm == TokenAlgorithm::EdDsa ? *eddsa : *rs256;
}

std::string unsigned_token(std::string_view header, std::string_view claims) {
    return base64url_encode(header) + "." + base64url_encode(claims);
}

std::string signed_token(const TokenKey& key, std::string_view header, std::string_view claims) {
    std::string token = unsigned_token(header, claims);
    const std::string signature = signer(key).sign(token).value();
    return token + "." + base64url_encode(signature);
}

std::string token_from(std::string_view input) {
    const char mode = input.empty() ? 'T' : input.front();
    const std::string_view rest = input.empty() ? input : input.substr(1);
    switch (mode) {
        case 'H':
            return signed_token(kSecret, rest, kGoodClaims);
        case 'R':
            return signed_token(kRs256, rest, kGoodClaims);
        case 'E':
            return signed_token(kEdDsa, rest, kGoodClaims);
        case 'C':
            return signed_token(kSecret, R"({"alg":"HS256"})", rest);
        case 'S':
            return unsigned_token(R"({"alg":"EdDSA","kid":"ed"})", kGoodClaims) + "." + base64url_encode(rest);
        case 'Q':
            return unsigned_token(R"({"alg":"RS256","kid":"rs"})", kGoodClaims) + "." + base64url_encode(rest);
        default:
            return std::string(rest);
    }
}

TokenVerifier& verifier() {
    static const FixedClock clock;
    static TokenVerifier one = std::move(*TokenVerifier::create({.keys = {kSecret, kEdDsa, kRs256}}, clock));
    return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    static_cast<void>(galley::auth::bearer_token(input));
    const std::string token = token_from(input);
    const galley::Result<Caller> caller = verifier().verify(token);
    // Whatever is let through must be usable as an identity, and is let through again when it is remembered.
    if (caller) GALLEY_CHECK(galley::auth::is_valid_email(caller->email));
    if (caller) GALLEY_CHECK(verifier().verify(token)->email == caller->email);
    if (!caller) GALLEY_CHECK(caller.error().code == galley::ErrorCode::Unauthenticated);
    return 0;
}
