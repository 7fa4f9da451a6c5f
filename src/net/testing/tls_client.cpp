#include "net/testing/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/time.h>

#include <array>
#include <vector>

namespace galley::net::testing {

struct TlsClient::State {
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL* session = nullptr;
    ~State() {
        SSL_free(session);
        SSL_CTX_free(context);
    }
};

TlsClient::TlsClient(std::uint16_t port, const TlsClientOptions& options) : state_(std::make_unique<State>()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{kPatience.count(), 0};
    setsockopt(state_->socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::connect(state_->socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    if (options.version_max != 0) {
        SSL_CTX_set_security_level(state_->context, 0);
        SSL_CTX_set_max_proto_version(state_->context, options.version_max);
    }
    if (!options.protocol.empty()) {
        std::vector<unsigned char> list{static_cast<unsigned char>(options.protocol.size())};
        list.insert(list.end(), options.protocol.begin(), options.protocol.end());
        SSL_CTX_set_alpn_protos(state_->context, list.data(), static_cast<unsigned>(list.size()));
    }
    state_->session = SSL_new(state_->context);
    SSL_set_fd(state_->session, state_->socket.get());
    connected_ = SSL_connect(state_->session) == 1;
    if (connected_) return;
    const char* words = ERR_reason_error_string(ERR_peek_last_error());
    failure_ = words != nullptr ? words : "closed";
}

TlsClient::~TlsClient() = default;

std::string TlsClient::version() const {
    return SSL_get_version(state_->session);
}

std::string TlsClient::protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(state_->session, &name, &size);
    return std::string(reinterpret_cast<const char*>(name), size);
}

std::string TlsClient::common_name() const {
    X509* certificate = SSL_get0_peer_certificate(state_->session);
    if (certificate == nullptr) return {};
    std::array<char, 100> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
    return name.data();
}

bool TlsClient::try_to_renegotiate() {
    return SSL_renegotiate(state_->session) == 1 && SSL_do_handshake(state_->session) == 1;
}

void TlsClient::send(std::string_view bytes) {
    std::size_t sent = 0;
    if (!bytes.empty()) SSL_write_ex(state_->session, bytes.data(), bytes.size(), &sent);
}

std::string TlsClient::read_some(std::size_t size) {
    std::string part(size, '\0');
    std::size_t got = 0;
    const int result = SSL_read_ex(state_->session, part.data(), part.size(), &got);
    if (result != 1) ended_properly_ = SSL_get_error(state_->session, result) == SSL_ERROR_ZERO_RETURN;
    part.resize(got);
    return part;
}

std::string TlsClient::read_all() {
    std::string all;
    for (std::string part = read_some(65536); !part.empty(); part = read_some(65536)) all += part;
    return all;
}

}  // namespace galley::net::testing
