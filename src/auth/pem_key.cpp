#include "auth/pem_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace galley::auth {

namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context new_context() {
    Context context(EVP_MD_CTX_new());
    GALLEY_CHECK(context != nullptr);
    return context;
}

// OpenSSL would ask at the terminal for an encrypted key's passphrase.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

bool is_private_pem(std::string_view pem) {
    return pem.contains("PRIVATE KEY-----");
}

std::unexpected<Error> refuse_key(std::string message) {
    ERR_clear_error();
    return fail(ErrorCode::InvalidInput, "token key: " + std::move(message));
}

Result<void> check_kind(const EVP_PKEY* key, TokenAlgorithm algorithm) {
    if (algorithm == TokenAlgorithm::EdDsa) {
        if (EVP_PKEY_is_a(key, "ED25519") == 1) return {};
        return refuse_key("EdDSA needs an Ed25519 key");
    }
    if (EVP_PKEY_is_a(key, "RSA") != 1) return refuse_key("RS256 needs an RSA key");
    const int bits = EVP_PKEY_get_bits(key);
    if (bits >= kRsaBitsMin && bits <= kRsaBitsMax) return {};
    return refuse_key("an RSA key of " + std::to_string(bits) + " bits; RS256 takes " + std::to_string(kRsaBitsMin) +
                      " to " + std::to_string(kRsaBitsMax));
}

}  // namespace

Result<std::unique_ptr<PemKey>> PemKey::create(TokenAlgorithm algorithm, std::string_view pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    GALLEY_CHECK(bio != nullptr);
    const bool is_private = is_private_pem(pem);
    Key key(is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                       : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key) return refuse_key("not a key in PEM without a passphrase (\"-----BEGIN PUBLIC KEY-----\")");
    GALLEY_TRY_VOID(check_kind(key.get(), algorithm));
    const EVP_MD* digest = algorithm == TokenAlgorithm::Rs256 ? EVP_sha256() : nullptr;
    const auto signature_bytes = static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
    return std::unique_ptr<PemKey>(
        new PemKey(std::move(key), is_private ? Half::Private : Half::Public, digest, signature_bytes));
}

bool PemKey::verifies(std::string_view text, std::string_view signature) const {
    if (signature.size() != signature_bytes_) return false;
    const Context context = new_context();
    GALLEY_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, digest_, nullptr, key_.get()) == 1);
    const int verdict =
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size());
    if (verdict != 1) ERR_clear_error();
    return verdict == 1;
}

Result<std::string> PemKey::sign(std::string_view text) const {
    if (half_ == Half::Public) return refuse_key("a public key cannot sign; give the private one");
    const Context context = new_context();
    std::string signature(signature_bytes_, '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, digest_, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(text),
                       text.size()) != 1) {
        return refuse_key("cannot sign: the private key is damaged");
    }
    signature.resize(size);
    return signature;
}

}  // namespace galley::auth
