#include "net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <utility>

namespace galley::net {

namespace {

constexpr std::uint64_t kPemBytesMax = 1 << 20;
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kProtocol = "http/1.1";

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

std::string last_reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "unknown reason";
}

std::unexpected<Error> fail_file(const std::string& path, const std::string& what) {
    return fail(ErrorCode::InvalidInput, path + ": " + what);
}

// A key with a passphrase must not make the server ask for it on the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

Result<Owned<BIO>> open_pem(const std::string& path, os::Files& files, Bytes& storage) {
    GALLEY_TRY(storage, files.read(path, kPemBytesMax));
    return Owned<BIO>(BIO_new_mem_buf(storage.data(), static_cast<int>(storage.size())));
}

Result<void> use_certificate(SSL_CTX* context, const std::string& path, os::Files& files) {
    Bytes text;
    GALLEY_TRY(const Owned<BIO> pem, open_pem(path, files, text));
    const Owned<X509> own(PEM_read_bio_X509_AUX(pem.get(), nullptr, no_passphrase, nullptr));
    if (!own) return fail_file(path, "holds no certificate in PEM form");
    if (SSL_CTX_use_certificate(context, own.get()) != 1) return fail_file(path, last_reason());
    while (X509* next = PEM_read_bio_X509(pem.get(), nullptr, no_passphrase, nullptr)) {
        if (SSL_CTX_add0_chain_cert(context, next) == 1) continue;
        X509_free(next);
        return fail_file(path, last_reason());
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return fail_file(path, last_reason());
    return {};
}

Result<void> use_key(SSL_CTX* context, const TlsFiles& names, os::Files& files) {
    Bytes text;
    GALLEY_TRY(const Owned<BIO> pem, open_pem(names.key, files, text));
    const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(pem.get(), nullptr, no_passphrase, nullptr));
    OPENSSL_cleanse(text.data(), text.size());
    if (!key) return fail_file(names.key, "holds no private key in PEM form, or one with a passphrase");
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
        return fail_file(names.key, "is not the key of " + names.certificate);
    }
    return {};
}

// RFC 7301: a client that offers protocols, and not ours, is refused; one that offers none is served.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
    while (!rest.empty()) {
        const std::size_t length = static_cast<unsigned char>(rest.front());
        const std::string_view name = rest.substr(1, length);
        if (name == kProtocol) {
            *chosen = reinterpret_cast<const unsigned char*>(name.data());
            *size = static_cast<unsigned char>(name.size());
            return SSL_TLSEXT_ERR_OK;
        }
        rest.remove_prefix(std::min(rest.size(), length + 1));
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool set_rules(SSL_CTX* context, TlsVersion version_min) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    const int version = version_min == TlsVersion::Tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    return SSL_CTX_set_min_proto_version(context, version) == 1 && SSL_CTX_set_cipher_list(context, kTls12Ciphers) == 1;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsFiles& files, os::Files& system) {
    ERR_clear_error();
    Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    if (!context || !set_rules(context.get(), files.version_min)) {
        return fail(ErrorCode::Unavailable, "TLS: " + last_reason());
    }
    GALLEY_TRY_VOID(use_certificate(context.get(), files.certificate, system));
    GALLEY_TRY_VOID(use_key(context.get(), files, system));
    ERR_clear_error();
    return std::shared_ptr<const TlsContext>(new TlsContext(context.release()));
}

TlsContext::~TlsContext() {
    SSL_CTX_free(context_);
}

std::string TlsContext::subject() const {
    std::array<char, 256> text{};
    X509_NAME_oneline(X509_get_subject_name(SSL_CTX_get0_certificate(context_)), text.data(),
                      static_cast<int>(text.size()));
    return text.data();
}

std::string TlsContext::expires() const {
    const Owned<BIO> out(BIO_new(BIO_s_mem()));
    ASN1_TIME_print(out.get(), X509_get0_notAfter(SSL_CTX_get0_certificate(context_)));
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return std::string(text, static_cast<std::size_t>(size));
}

Time TlsContext::expires_at() const {
    std::tm parts{};
    GALLEY_CHECK(ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context_)), &parts) == 1);
    const std::chrono::year_month_day day{std::chrono::year(parts.tm_year + 1900),
                                          std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                          std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
    return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) + std::chrono::minutes(parts.tm_min) +
           std::chrono::seconds(parts.tm_sec);
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, int socket)
    : context_(std::move(context)), session_(SSL_new(context_->context_)) {
    if (session_ == nullptr || SSL_set_fd(session_, socket) != 1) {
        usable_ = false;
        return;
    }
    SSL_set_accept_state(session_);
}

TlsSession::~TlsSession() {
    SSL_free(session_);
}

TlsSession::Outcome TlsSession::handshake() {
    if (!usable_) return Outcome::Failed;
    ERR_clear_error();
    return outcome_of(SSL_do_handshake(session_));
}

TlsSession::Outcome TlsSession::read(std::span<char> buffer, std::size_t& size) {
    size = 0;
    if (!usable_) return Outcome::Failed;
    ERR_clear_error();
    return outcome_of(SSL_read_ex(session_, buffer.data(), buffer.size(), &size));
}

TlsSession::Outcome TlsSession::write(std::string_view bytes, std::size_t& size) {
    size = 0;
    if (!usable_) return Outcome::Failed;
    ERR_clear_error();
    return outcome_of(SSL_write_ex(session_, bytes.data(), bytes.size(), &size));
}

void TlsSession::say_end() {
    if (!usable_ || SSL_in_init(session_) != 0) return;
    ERR_clear_error();
    SSL_shutdown(session_);
    usable_ = false;
}

// https://docs.openssl.org/3.0/man3/SSL_get_error/
TlsSession::Outcome TlsSession::outcome_of(int result) {
    if (result == 1) return Outcome::Done;
    switch (SSL_get_error(session_, result)) {
        case SSL_ERROR_WANT_READ:
            waits_for_ = Direction::Read;
            return Outcome::Again;
        case SSL_ERROR_WANT_WRITE:
            waits_for_ = Direction::Write;
            return Outcome::Again;
        case SSL_ERROR_ZERO_RETURN:
            return Outcome::End;
        default:
            break;
    }
    usable_ = false;
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    const char* words = ERR_reason_error_string(ERR_peek_last_error());
    failure_ = words != nullptr ? words : "connection lost";
    met_plain_http_ = reason == SSL_R_HTTP_REQUEST;
    return Outcome::Failed;
}

}  // namespace galley::net
