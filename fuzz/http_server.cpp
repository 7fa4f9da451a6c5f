// fuzz/http_server.cpp — the bytes of one connection against the whole server: parser, admission, the API's router, its
// real handlers and a store of their own. It must answer or close, and never with a 500.
//
// Shape    input = one byte, then the bytes of the connection. The byte's low bits: 0 no token, 1 an administrator's,
//          2 the token of a member of the demo room, 3 a stranger's; it is put in behind each request line. The client
//          then says that nothing more comes, and reads to the end. "task-leased-to-worker" stands for the id of a task
//          that the administrator's worker w1 holds in its first attempt; once an input has ended it, the server is a
//          new one.
// Limits   a new server with an empty store after kInputsPerServer inputs. `?wait=` is taken out: waiting is no fault.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "app/demo.h"
#include "app/server_app.h"
#include "auth/token.h"
#include "base/error.h"
#include "base/log.h"
#include "os/clock.h"

namespace {

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
constexpr int kInputsPerServer = 20'000;
constexpr int kHeldCheckedEvery = 100;
constexpr int kPatienceSeconds = 15;
constexpr std::string_view kHeldPlaceholder = "task-leased-to-worker";
constexpr std::size_t kDemoAdmin = 0;
constexpr std::size_t kDemoMember = 2;
constexpr std::size_t kDemoStranger = 5;

// https://pubs.opengroup.org/onlinepubs/9699919799/functions/connect.html — the connection is made all the same.
int outcome_of_interrupted(int client) {
    pollfd waiting{client, POLLOUT, 0};
    while (::poll(&waiting, 1, kPatienceSeconds * 1000) < 0 && errno == EINTR) {
    }
    int fault = 0;
    socklen_t size = sizeof(fault);
    getsockopt(client, SOL_SOCKET, SO_ERROR, &fault, &size);
    return fault;
}

// A reset at the end leaves no port behind in TIME_WAIT: there are many more inputs than ports.
int connect_to(std::uint16_t port) {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{kPatienceSeconds, 0};
    const linger reset{1, 0};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fault = ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
    if (fault == EINTR) fault = outcome_of_interrupted(client);  // by the fuzzer's own timer
    GALLEY_CHECK(fault == 0);
    return client;
}

std::string talk(std::uint16_t port, std::string_view wire) {
    const int client = connect_to(port);
    while (!wire.empty()) {
        const ssize_t sent = ::send(client, wire.data(), wire.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;  // refused and closed; what it said is still to be read
        wire.remove_prefix(static_cast<std::size_t>(sent));
    }
    ::shutdown(client, SHUT_WR);
    std::string received;
    std::array<char, 65536> part;
    ssize_t size = 0;
    while ((size = ::recv(client, part.data(), part.size(), 0)) > 0) {
        received.append(part.data(), static_cast<std::size_t>(size));
    }
    GALLEY_CHECK(size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK));  // else it neither answered nor closed
    ::close(client);
    return received;
}

class Target {
 public:
    Target() {
        std::string pattern = (std::filesystem::temp_directory_path() / "galley-fuzz-XXXXXX").string();
        GALLEY_CHECK(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        galley::app::ServeConfig config;
        config.listen.port = 0;
        config.data_folder = pattern;
        config.jwt_secret = kSecret;
        config.demo = true;
        config.workers = 1;
        config.http.threads = 1;
        auto started = galley::app::ServerApp::start(config);
        GALLEY_CHECK(started.has_value());
        app_ = std::move(*started);
    }
    ~Target() {
        app_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    std::uint16_t port() const { return app_->port(); }

 private:
    std::filesystem::path folder_;
    std::unique_ptr<galley::app::ServerApp> app_;
};

std::string authorization(std::size_t demo_user) {
    const galley::app::DemoUser& user = galley::app::demo_users()[demo_user];
    const auto token = galley::auth::mint(
        {.email = user.email, .role = user.role, .name = user.name, .lifetime = std::chrono::hours(24)},
        {.kid = {}, .algorithm = galley::auth::TokenAlgorithm::Hs256, .material = std::string(kSecret)},
        galley::os::system_clock());
    GALLEY_CHECK(token.has_value());
    return "Authorization: Bearer " + *token + "\r\n";
}

void replace_all(std::string& text, std::string_view what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

std::string request(std::string_view path, std::string_view body) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + authorization(kDemoAdmin) +
           "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

// What a worker of the administrator holds.
std::string lease_one(std::uint16_t port) {
    (void)talk(port, request("/api/v1/kinds", R"({"kinds":[{"name":"k","timeout_seconds":86400}]})"));
    (void)talk(port, request("/api/v1/tasks", R"({"task_type":"k","input":1,"max_attempts":100})"));
    const std::string leased =
        talk(port, request("/api/v1/worker/lease", R"({"worker":"w1","kinds":["k"],"lease_seconds":300})"));
    const std::size_t at = leased.find("\"task-");
    GALLEY_CHECK(at != std::string::npos);
    return leased.substr(at + 1, kHeldPlaceholder.size());
}

struct Running {
    std::unique_ptr<Target> target;
    std::string held;  // the id of the leased task
};

bool still_held(const Running& running) {
    if (!running.target) return false;
    return talk(running.target->port(),
                request("/api/v1/worker/tasks/" + running.held + "/heartbeat", R"({"worker":"w1","attempt":1})"))
        .starts_with("HTTP/1.1 200");
}

Running& running() {
    static Running running;
    static int inputs = 0;
    const bool stale = ++inputs % kInputsPerServer == 0 || (inputs % kHeldCheckedEvery == 0 && !still_held(running));
    if (!running.target || stale) {
        galley::configure_log(galley::LogLevel::Off, galley::LogFormat::Text);
        running.target.reset();
        running.target = std::make_unique<Target>();
        running.held = lease_one(running.target->port());
    }
    return running;
}

std::string wire_of(std::string_view input, const std::string& held) {
    static const std::array<std::string, 4> kTokens = {"", authorization(kDemoAdmin), authorization(kDemoMember),
                                                       authorization(kDemoStranger)};
    std::string wire(input.substr(1));
    replace_all(wire, "wait", "Wait");
    const std::string& token = kTokens[static_cast<unsigned char>(input[0]) & 3U];
    replace_all(wire, " HTTP/1.1\r\n", " HTTP/1.1\r\n" + token);
    replace_all(wire, kHeldPlaceholder, held);
    return wire;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Running& now = running();
    const std::string received =
        talk(now.target->port(), wire_of({reinterpret_cast<const char*>(data), size}, now.held));
    GALLEY_CHECK(received.empty() || received.starts_with("HTTP/1.1 "));
    GALLEY_CHECK(
        !received.contains("HTTP/1.1 500 Internal Server Error\r\nDate: "));  // no text of ours can hold a CR LF
    return 0;
}
