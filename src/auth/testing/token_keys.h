// src/auth/testing/token_keys.h — one key of each algorithm for tests, made once a process, and tokens signed with them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "auth/key_pair.h"
#include "auth/token.h"
#include "auth/token_key.h"
#include "codec/base64url.h"
#include "os/random.h"

namespace galley::auth {

struct TestKey {
    TokenKey signing;    // the private half
    TokenKey verifying;  // the public half
};

inline TestKey make_test_key(std::string kid, TokenAlgorithm algorithm) {
    const KeyPair pair = generate_key_pair(algorithm, kRsaBitsMin, os::system_random()).value();
    return {{kid, algorithm, pair.private_half}, {kid, algorithm, pair.public_half}};
}

// kid "hs", "rs" and "ed".
inline const TestKey& test_key(TokenAlgorithm algorithm) {
    static const TestKey hs = make_test_key("hs", TokenAlgorithm::Hs256);
    static const TestKey rs = make_test_key("rs", TokenAlgorithm::Rs256);
    static const TestKey ed = make_test_key("ed", TokenAlgorithm::EdDsa);
    return algorithm == TokenAlgorithm::Hs256 ? hs : algorithm == TokenAlgorithm::Rs256 ? rs : ed;
}

inline const std::vector<TokenAlgorithm>& all_algorithms() {
    static const std::vector<TokenAlgorithm> all{TokenAlgorithm::Hs256, TokenAlgorithm::Rs256, TokenAlgorithm::EdDsa};
    return all;
}

inline std::string sign_with(const TokenKey& key, std::string_view text) {
    return make_signature_key(key).value()->sign(text).value();
}

// Any header and claims, rightly signed.
inline std::string token_signed_with(const TokenKey& key, std::string_view header, std::string_view claims) {
    const std::string text = codec::base64url_encode(header) + "." + codec::base64url_encode(claims);
    return text + "." + codec::base64url_encode(sign_with(key, text));
}

inline std::string header_of(const TokenKey& key) {
    return R"({"alg":")" + std::string(algorithm_name(key.algorithm)) + R"(","kid":")" + key.kid + R"("})";
}

}  // namespace galley::auth
