#include "net/testing/test_certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace galley::net::testing {

namespace {

constexpr long kDay = 86'400;

std::string text_of(BIO* bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    return std::string(text, static_cast<std::size_t>(size));
}

using OwnedBio = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })>;
using OwnedKey = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;
using OwnedCertificate = std::unique_ptr<X509, decltype([](X509* certificate) { X509_free(certificate); })>;

}  // namespace

TestCertificate make_certificate(const std::string& common_name) {
    const OwnedKey key(EVP_EC_gen("P-256"));
    const OwnedCertificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDay);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name.c_str()),
                               -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());

    const OwnedBio certificate_pem(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(certificate_pem.get(), certificate.get());
    const OwnedBio key_pem(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {text_of(certificate_pem.get()), text_of(key_pem.get())};
}

std::string encrypted_key_pem(const TestCertificate& certificate) {
    const OwnedBio in(BIO_new_mem_buf(certificate.key_pem.data(), static_cast<int>(certificate.key_pem.size())));
    const OwnedKey key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    const OwnedBio out(BIO_new(BIO_s_mem()));
    constexpr unsigned char kPassphrase[] = "secret";
    PEM_write_bio_PrivateKey(out.get(), key.get(), EVP_aes_128_cbc(), kPassphrase, sizeof(kPassphrase) - 1, nullptr,
                             nullptr);
    return text_of(out.get());
}

}  // namespace galley::net::testing
