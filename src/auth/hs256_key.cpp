#include "auth/hs256_key.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace galley::auth {

namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string weak_secret_message(std::size_t bytes) {
    return "token secret: " + std::to_string(bytes) + " bytes are too few; HS256 needs at least " +
           std::to_string(kTokenSecretBytesMin) + " random bytes (for example: openssl rand -hex 32)";
}

}  // namespace

Result<std::unique_ptr<Hs256Key>> Hs256Key::create(std::string_view secret) {
    if (secret.size() < kTokenSecretBytesMin) return fail(ErrorCode::InvalidInput, weak_secret_message(secret.size()));
    if (secret.contains("-----BEGIN ")) {
        return fail(ErrorCode::InvalidInput, "token secret: this is a key in PEM, HS256 needs random bytes");
    }
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free);
    GALLEY_CHECK(hmac != nullptr);
    Context context(EVP_MAC_CTX_new(hmac.get()));
    GALLEY_CHECK(context != nullptr);
    char digest_name[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
                                     OSSL_PARAM_construct_end()};
    GALLEY_CHECK(EVP_MAC_init(context.get(), bytes_of(secret), secret.size(), parameters) == 1);
    return std::unique_ptr<Hs256Key>(new Hs256Key(std::move(context)));
}

Digest Hs256Key::mac(std::string_view text) const {
    Context context = take();
    Digest signature;
    std::size_t size = 0;
    // Without a key, init re-arms the one that the context holds.
    GALLEY_CHECK(EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1);
    GALLEY_CHECK(EVP_MAC_update(context.get(), bytes_of(text), text.size()) == 1);
    GALLEY_CHECK(EVP_MAC_final(context.get(), signature.bytes.data(), &size, signature.bytes.size()) == 1);
    GALLEY_CHECK(size == signature.bytes.size());
    put_back(std::move(context));
    return signature;
}

Hs256Key::Context Hs256Key::take() const {
    {
        const MutexLock lock(mutex_);
        if (!idle_.empty()) {
            Context context = std::move(idle_.back());
            idle_.pop_back();
            return context;
        }
    }
    Context copy(EVP_MAC_CTX_dup(keyed_.get()));
    GALLEY_CHECK(copy != nullptr);
    return copy;
}

void Hs256Key::put_back(Context context) const {
    const MutexLock lock(mutex_);
    if (idle_.size() < kPooledContextsMax) idle_.push_back(std::move(context));
}

}  // namespace galley::auth
