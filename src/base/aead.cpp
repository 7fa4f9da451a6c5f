#include "base/aead.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <limits>
#include <memory>

namespace galley {
namespace {

constexpr std::size_t kTagBytes = 16;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// What fails here is the library or memory, never the data.
void must(int result) {
    if (result != 1) std::abort();
}

int length_of(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) std::abort();
    return static_cast<int>(text.size());
}

}  // namespace

std::string aead_seal(const AeadKey& key, const AeadNonce& nonce, std::string_view plain, std::string_view context) {
    const Cipher cipher(EVP_CIPHER_CTX_new());
    if (!cipher) std::abort();
    must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()));
    std::string sealed(nonce.size() + plain.size() + kTagBytes, '\0');
    std::copy(nonce.begin(), nonce.end(), sealed.begin());
    auto* out = reinterpret_cast<unsigned char*>(sealed.data()) + nonce.size();
    int written = 0;
    must(EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes_of(context), length_of(context)));
    must(EVP_EncryptUpdate(cipher.get(), out, &written, bytes_of(plain), length_of(plain)));
    must(EVP_EncryptFinal_ex(cipher.get(), out + plain.size(), &written));
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out + plain.size()));
    return sealed;
}

Result<std::string> aead_open(const AeadKey& key, std::string_view sealed, std::string_view context) {
    constexpr std::size_t kNonceBytes = std::tuple_size_v<AeadNonce>;
    const auto unreadable = [] { return fail(ErrorCode::InvalidInput, "it was sealed otherwise, or changed"); };
    if (sealed.size() < kNonceBytes + kTagBytes) return unreadable();
    const std::string_view text = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
    std::string tag(sealed.substr(sealed.size() - kTagBytes));
    const Cipher cipher(EVP_CIPHER_CTX_new());
    if (!cipher) std::abort();
    must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(sealed)));
    std::string plain(text.size(), '\0');
    auto* out = reinterpret_cast<unsigned char*>(plain.data());
    int written = 0;
    must(EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes_of(context), length_of(context)));
    must(EVP_DecryptUpdate(cipher.get(), out, &written, bytes_of(text), length_of(text)));
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()));
    if (EVP_DecryptFinal_ex(cipher.get(), out + text.size(), &written) != 1) return unreadable();
    return plain;
}

}  // namespace galley
