#include "net/outgoing_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace galley::net {

namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr unsigned char kProtocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

std::unexpected<Error> fail_system(const char* what, int error) {
    return fail(ErrorCode::Unavailable, std::string(what) + ": " + std::generic_category().message(error));
}

std::string last_reason() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? reason : "the connection was lost";
}

Descriptor start_connecting(const IpAddress& address, std::uint16_t port, int& error) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_in6);
    if (address.is_ipv4()) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes.data() + IpAddress::kIpv4Begin, sizeof(v4.sin_addr));
        size = sizeof(sockaddr_in);
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(v6.sin6_addr.s6_addr, address.bytes.data(), address.bytes.size());
    }
    Descriptor socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const bool begun =
        socket.valid() && (connect(socket.get(), reinterpret_cast<const sockaddr*>(&storage), size) == 0);
    error = begun ? 0 : errno;
    return socket;
}

}  // namespace

Result<std::unique_ptr<TlsRoots>> TlsRoots::load(const std::string& ca_file) {
    ERR_clear_error();
    std::unique_ptr<TlsRoots> roots(new TlsRoots(SSL_CTX_new(TLS_client_method())));
    SSL_CTX* context = roots->context_;
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
        return fail(ErrorCode::Unavailable, "TLS: " + last_reason());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_default_verify_paths(context);
    SSL_CTX_set_alpn_protos(context, kProtocols, sizeof(kProtocols));
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    if (!ca_file.empty() && SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1)
        return fail(ErrorCode::InvalidInput, "holds no certificates in PEM form: " + last_reason(), ca_file);
    return roots;
}

TlsRoots::~TlsRoots() {
    SSL_CTX_free(context_);
}

OutgoingConnection::~OutgoingConnection() {
    SSL_free(session_);
}

Result<OutgoingConnection> OutgoingConnection::open(const IpAddress& address, std::uint16_t port,
                                                    const Patience& patience) {
    int error = 0;
    Descriptor socket = start_connecting(address, port, error);
    if (error == EINPROGRESS) {
        GALLEY_TRY_VOID(patience.wait_for(socket.get(), Patience::Readiness::Writable));
        socklen_t size = sizeof(error);
        getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error != 0) return fail_system("no connection", error);
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return OutgoingConnection(std::move(socket));
}

Result<void> OutgoingConnection::start_tls(const TlsRoots& roots, const WebAddress& address, const Patience& patience) {
    ERR_clear_error();
    session_ = SSL_new(roots.context_);
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    GALLEY_CHECK(session_ != nullptr && in != nullptr && out != nullptr);
    SSL_set_bio(session_, in, out);
    X509_VERIFY_PARAM* whose = SSL_get0_param(session_);
    X509_VERIFY_PARAM_set_hostflags(whose, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool set = address.ip ? X509_VERIFY_PARAM_set1_ip_asc(whose, address.host.c_str()) == 1
                                : SSL_set1_host(session_, address.host.c_str()) == 1 &&
                                      SSL_set_tlsext_host_name(session_, address.host.c_str()) == 1;
    if (!set) return fail(ErrorCode::Unavailable, "TLS: " + last_reason());
    SSL_set_connect_state(session_);
    int result = 0;
    while ((result = SSL_do_handshake(session_)) != 1) GALLEY_TRY_VOID(after(result, patience));
    return send_records(patience);
}

// What a call that could not go on needs: records sent, or more of them read.
// https://docs.openssl.org/3.0/man3/SSL_get_error/
Result<void> OutgoingConnection::after(int result, const Patience& patience) {
    const int error = SSL_get_error(session_, result);
    GALLEY_TRY_VOID(send_records(patience));  // an alert, too
    if (error == SSL_ERROR_WANT_READ) return read_records(patience);
    const long verified = SSL_get_verify_result(session_);
    if (verified != X509_V_OK)
        return fail(ErrorCode::Unavailable,
                    std::string("the server's certificate is not good: ") + X509_verify_cert_error_string(verified));
    return fail(ErrorCode::Unavailable, "TLS: " + last_reason());
}

Result<void> OutgoingConnection::send_records(const Patience& patience) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(session_), &bytes);
    if (size <= 0) return {};
    GALLEY_TRY_VOID(send_plain({bytes, static_cast<std::size_t>(size)}, patience));
    (void)BIO_reset(SSL_get_wbio(session_));
    return {};
}

Result<void> OutgoingConnection::read_records(const Patience& patience) {
    std::array<char, kReadBytes> buffer;
    GALLEY_TRY(const std::size_t size, read_plain(buffer, patience));
    if (size == 0) return fail(ErrorCode::Unavailable, "TLS: the server closed the connection without saying so");
    BIO_write(SSL_get_rbio(session_), buffer.data(), static_cast<int>(size));
    return {};
}

Result<void> OutgoingConnection::send_plain(std::string_view bytes, const Patience& patience) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN || errno == EINTR) {
            GALLEY_TRY_VOID(patience.wait_for(socket_.get(), Patience::Readiness::Writable));
        } else {
            return fail_system("the connection was lost", errno);
        }
    }
    return {};
}

Result<std::size_t> OutgoingConnection::read_plain(std::span<char> buffer, const Patience& patience) {
    while (true) {
        GALLEY_TRY_VOID(patience.check());  // a server that always has a byte ready has no longer than others
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size >= 0) return static_cast<std::size_t>(size);
        if (errno != EAGAIN && errno != EINTR) return fail_system("the connection was lost", errno);
        GALLEY_TRY_VOID(patience.wait_for(socket_.get(), Patience::Readiness::Readable));
    }
}

Result<void> OutgoingConnection::send(std::string_view bytes, const Patience& patience) {
    if (session_ == nullptr) return send_plain(bytes, patience);
    ERR_clear_error();
    std::size_t written = 0;
    while (SSL_write_ex(session_, bytes.data(), bytes.size(), &written) != 1) GALLEY_TRY_VOID(after(0, patience));
    return send_records(patience);
}

Result<std::size_t> OutgoingConnection::read(std::span<char> buffer, const Patience& patience) {
    if (session_ == nullptr) return read_plain(buffer, patience);
    ERR_clear_error();
    std::size_t size = 0;
    while (SSL_read_ex(session_, buffer.data(), buffer.size(), &size) != 1) {
        if (SSL_get_error(session_, 0) == SSL_ERROR_ZERO_RETURN) return 0;
        GALLEY_TRY_VOID(after(0, patience));
    }
    return size;
}

}  // namespace galley::net
