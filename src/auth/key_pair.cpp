#include "auth/key_pair.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>

#include "base/digest.h"

namespace galley::auth {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

KeyPair new_secret(os::Random& random) {
    std::array<std::uint8_t, 32> bytes{};
    random.fill(bytes);
    const std::string secret = hex_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) + "\n";
    return {secret, secret};
}

std::string content_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Result<KeyPair> in_pem(EVP_PKEY* key) {
    const Bio private_half(BIO_new(BIO_s_secmem()), BIO_free);
    const Bio public_half(BIO_new(BIO_s_mem()), BIO_free);
    if (key == nullptr || !private_half || !public_half ||
        PEM_write_bio_PKCS8PrivateKey(private_half.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
        PEM_write_bio_PUBKEY(public_half.get(), key) != 1) {
        ERR_clear_error();
        return fail(ErrorCode::Unavailable, "token key: OpenSSL could not make one");
    }
    return KeyPair{content_of(private_half.get()), content_of(public_half.get())};
}

}  // namespace

Result<KeyPair> generate_key_pair(TokenAlgorithm algorithm, int rsa_bits, os::Random& random) {
    if (algorithm == TokenAlgorithm::Hs256) return new_secret(random);
    if (algorithm == TokenAlgorithm::EdDsa) {
        const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
        return in_pem(key.get());
    }
    if (rsa_bits < kRsaBitsMin || rsa_bits > kRsaBitsMax) {
        return fail(ErrorCode::InvalidInput, "token key: RS256 takes " + std::to_string(kRsaBitsMin) + " to " +
                                                 std::to_string(kRsaBitsMax) + " bits");
    }
    const Key key(EVP_RSA_gen(static_cast<unsigned>(rsa_bits)), EVP_PKEY_free);
    return in_pem(key.get());
}

}  // namespace galley::auth
