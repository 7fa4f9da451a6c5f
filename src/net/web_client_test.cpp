#include "net/web_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "codec/compression.h"
#include "net/testing/scripted_server.h"
#include "net/testing/test_certificate.h"
#include "net/testing/test_server.h"
#include "os/testing/fake_files.h"

namespace galley::net {
namespace {

using ::testing::HasSubstr;
using testing::ScriptedServer;
using Visit = testing::ScriptedServer::Visit;

// Names of the test; each answer of a name is given once, the last one for ever.
class FakeResolver final : public HostResolver {
 public:
    using Answers = std::vector<std::vector<const char*>>;
    explicit FakeResolver(std::map<std::string, Answers> names) : names_(std::move(names)) {}

    Result<std::vector<IpAddress>> addresses_of(const std::string& host, const Patience&) const override {
        const auto found = names_.find(host);
        if (found == names_.end()) return fail(ErrorCode::NotFound, "no such host", host);
        const std::size_t turn = std::min(static_cast<std::size_t>(asked_++), found->second.size() - 1);
        std::vector<IpAddress> out;
        for (const char* text : found->second[turn]) out.push_back(*parse_ip(text));
        return out;
    }
    int asked() const { return asked_; }

 private:
    std::map<std::string, Answers> names_;
    mutable std::atomic<int> asked_{0};
};

const WebOptions kLoopback{.guard = {.allow = {"127.0.0.1"}},
                           .limits = {.time_max = std::chrono::seconds(20), .bytes_max = 1'000'000}};

Result<WebAnswer> fetched(const std::string& url, const WebOptions& options = kLoopback,
                          const HostResolver& resolver = system_resolver()) {
    const auto client = WebClient::create(options, resolver);
    GALLEY_CHECK(client.has_value());
    return (*client)->get({.url = url});
}

std::string local(const ScriptedServer& server, std::string_view path = "/") {
    return "http://127.0.0.1:" + std::to_string(server.port()) + std::string(path);
}

std::string answer(std::string_view fields, std::string_view body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(fields) + "\r\n" +
           std::string(body);
}

ScriptedServer::Script saying(std::string bytes) {
    return [bytes](Visit& visit) { visit.say(bytes); };
}

TEST(WebClient, GetsWhatLiesAtAnAddress) {
    ScriptedServer server(saying(answer("Content-Type: text/css; charset=utf-8\r\n", "p{}")));
    const Result<WebAnswer> got = fetched(local(server, "/a b?c#d"));
    ASSERT_TRUE(got) << got.error().to_string();
    EXPECT_EQ(got->status, 200);
    EXPECT_EQ(got->body, "p{}");
    EXPECT_EQ(got->content_type, "text/css; charset=utf-8");
    EXPECT_EQ(got->url, local(server, "/a%20b?c"));
}

TEST(WebClient, SendsItsOwnFieldsAndNoOthers) {
    ScriptedServer server(saying(answer("", "")));
    ASSERT_TRUE(fetched(local(server, "/x")));
    EXPECT_EQ(server.requests().at(0), "GET /x HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                                           "\r\nUser-Agent: galley/0.1.0\r\nAccept: */*\r\n"
                                           "Accept-Encoding: zstd, br, gzip\r\nConnection: close\r\n\r\n");
}

TEST(WebClient, AnyStatusIsAnAnswer) {
    ScriptedServer server(saying("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"));
    const Result<WebAnswer> got = fetched(local(server));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->status, 404);
    EXPECT_EQ(got->body, "gone");
}

TEST(WebClient, WithoutTheOperatorsWordNothingLocalIsReached) {
    ScriptedServer server(saying(answer("", "secret")));
    const std::string port = std::to_string(server.port());
    for (const char* host : {"127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "[::1]", "0", "localhost"}) {
        const Result<WebAnswer> got = fetched("http://" + std::string(host) + ":" + port + "/", WebOptions());
        ASSERT_FALSE(got) << host;
        EXPECT_EQ(got.error().code, ErrorCode::Forbidden) << host << ": " << got.error().to_string();
    }
    EXPECT_TRUE(server.requests().empty());
}

TEST(WebClient, FollowsRedirectsAndSaysWhereItEnded) {
    ScriptedServer server([](Visit& visit) {
        if (visit.head().starts_with("GET /new ")) return (void)visit.say(answer("", "here"));
        visit.say("HTTP/1.1 302 Found\r\nLocation: new\r\nContent-Length: 5\r\n\r\nmoved");
    });
    const Result<WebAnswer> got = fetched(local(server, "/old"));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->body, "here");
    EXPECT_EQ(got->url, local(server, "/new"));
}

TEST(WebClient, ARedirectToWhereItMayNotGoIsRefused) {
    std::string location;
    ScriptedServer server([&](Visit& visit) {
        visit.say("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
    });
    for (const auto& [to, code, words] : std::vector<std::tuple<std::string, ErrorCode, std::string>>{
             {"http://169.254.169.254/latest/meta-data", ErrorCode::Forbidden, "metadata service"},
             {"http://[fd00:ec2::254]/", ErrorCode::Forbidden, "metadata service"},
             {"http://127.0.0.2/", ErrorCode::Forbidden, "loopback"},
             {"http://10.0.0.1/", ErrorCode::Forbidden, "private"},
             {"http://127.0.0.1:22/", ErrorCode::Forbidden, "port 22"},
             {"file:///etc/passwd", ErrorCode::InvalidInput, "only http:// and https://"},
             {"http://u:p@127.0.0.1/", ErrorCode::InvalidInput, "user or password"}}) {
        location = to;
        const Result<WebAnswer> got = fetched(local(server));
        ASSERT_FALSE(got) << to;
        EXPECT_EQ(got.error().code, code) << to;
        EXPECT_THAT(got.error().message, HasSubstr(words));
    }
}

TEST(WebClient, ARedirectThatNeverEndsDoes) {
    ScriptedServer server(saying("HTTP/1.1 301 X\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"));
    const Result<WebAnswer> got = fetched(local(server));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(server.requests().size(), 6U);
}

TEST(WebClient, ANameIsJudgedByTheVeryAddressThatIsConnectedTo) {
    ScriptedServer server(saying(answer("", "x")));
    const std::string url = "http://rebind.example:" + std::to_string(server.port()) + "/";
    // First a good address, then a forbidden one: the second is never asked for.
    const FakeResolver good_first({{"rebind.example", {{"127.0.0.1"}, {"127.0.0.2"}}}});
    EXPECT_TRUE(fetched(url, kLoopback, good_first));
    EXPECT_EQ(good_first.asked(), 1);
    const FakeResolver bad({{"rebind.example", {{"127.0.0.2"}, {"127.0.0.1"}}}});
    EXPECT_EQ(fetched(url, kLoopback, bad).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(bad.asked(), 1);
}

TEST(WebClient, ANameIsJudgedAnewOnEveryRedirect) {
    ScriptedServer server(saying("HTTP/1.1 302 X\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"));
    const FakeResolver turns({{"rebind.example", {{"127.0.0.1"}, {"10.0.0.1"}}}});
    const Result<WebAnswer> got =
        fetched("http://rebind.example:" + std::to_string(server.port()) + "/", kLoopback, turns);
    ASSERT_FALSE(got);
    EXPECT_THAT(got.error().message, HasSubstr("10.0.0.1 is a private address"));
    EXPECT_THAT(got.error().where, HasSubstr("rebind.example"));
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(WebClient, OfSeveralAddressesAnAllowedOneIsTaken) {
    ScriptedServer server(saying(answer("", "x")));
    const FakeResolver mixed({{"mixed.example", {{"10.0.0.1", "127.0.0.1"}}}});
    EXPECT_TRUE(fetched("http://mixed.example:" + std::to_string(server.port()) + "/", kLoopback, mixed));
}

TEST(WebClient, ADeniedNameIsNotEvenLookedUp) {
    const FakeResolver names({{"denied.example", {{"127.0.0.1"}}}});
    WebOptions options = kLoopback;
    options.guard.deny = {"denied.example"};
    EXPECT_EQ(fetched("http://denied.example/", options, names).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(names.asked(), 0);
    EXPECT_EQ(fetched("http://unknown.example/", options, names).error().code, ErrorCode::NotFound);
}

TEST(WebClient, AServerThatIsSlowOrSilentIsLeft) {
    WebOptions options = kLoopback;
    options.limits.time_max = std::chrono::milliseconds(60);
    for (const char* first : {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}) {
        ScriptedServer server([first](Visit& visit) {
            visit.say(first);
            visit.wait_until_it_leaves();
        });
        const Result<WebAnswer> got = fetched(local(server), options);
        ASSERT_FALSE(got) << first;
        EXPECT_EQ(got.error().code, ErrorCode::DeadlineExceeded);
        EXPECT_EQ(got.error().message, "no whole answer within 60 ms");
    }
}

TEST(WebClient, AnAnswerWithoutEndIsLeftAtTheBound) {
    for (const char* head : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
        ScriptedServer server([head](Visit& visit) {
            visit.say(head);
            while (visit.say("a\r\n0123456789\r\n")) {
            }
        });
        EXPECT_EQ(fetched(local(server)).error().code, ErrorCode::LimitExceeded) << head;
    }
    ScriptedServer fields([](Visit& visit) {
        visit.say("HTTP/1.1 200 OK\r\n");
        while (visit.say("X-Field: 0123456789\r\n")) {
        }
    });
    EXPECT_EQ(fetched(local(fields)).error().code, ErrorCode::LimitExceeded);
}

TEST(WebClient, AnAnswerShorterThanItSaysIsRefused) {
    ScriptedServer server(saying("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"));
    const Result<WebAnswer> got = fetched(local(server));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().message, "the answer was cut off: 5 of 100 bytes came");
    EXPECT_EQ(got.error().where, local(server));
}

TEST(WebClient, TakesContentCodingsOffWithinTheBound) {
    for (const codec::Coding coding : codec::kCodings) {
        const std::string field = "Content-Encoding: " + std::string(codec::coding_name(coding)) + "\r\n";
        ScriptedServer good(saying(answer(field, codec::compress(coding, "<p>hello"))));
        EXPECT_EQ(fetched(local(good))->body, "<p>hello");
        ScriptedServer bomb(saying(answer(field, codec::compress(coding, std::string(30'000'000, 'x')))));
        EXPECT_EQ(fetched(local(bomb)).error().code, ErrorCode::LimitExceeded);
        ScriptedServer broken(saying(answer(field, "<p>hello")));
        EXPECT_EQ(fetched(local(broken)).error().code, ErrorCode::InvalidInput);
    }
    ScriptedServer unknown(saying(answer("Content-Encoding: gzip, gzip\r\n", "x")));
    EXPECT_EQ(fetched(local(unknown)).error().code, ErrorCode::Unsupported);
}

TEST(WebClient, WhoeverAskedCanEndTheWaiting) {
    std::stop_source stop;
    ScriptedServer server([&stop](Visit& visit) {
        stop.request_stop();
        visit.wait_until_it_leaves();
    });
    const auto client = WebClient::create(kLoopback);
    const Result<WebAnswer> got = (*client)->get({.url = local(server), .stop = stop.get_token()});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::Cancelled);
}

// A server with a certificate for `name`, and a client that believes what lies in ca.pem.
class WebClientTls : public ::testing::Test {
 protected:
    void SetUp() override {
        made_ = testing::make_certificate("good.example");
        files_.write("cert.pem", {made_.certificate_pem}, os::Files::Sync::No).value();
        files_.write("key.pem", {made_.key_pem}, os::Files::Sync::No).value();
        ca_file_ = (std::filesystem::path(::testing::TempDir()) / "galley_web_client_ca.pem").string();
        std::ofstream(ca_file_) << made_.certificate_pem;
        HttpServerOptions options = testing::test_options();
        options.tls = {.certificate = "cert.pem", .key = "key.pem"};
        options.files = &files_;
        server_ = std::make_unique<testing::TestServer>(options, [](RequestPtr request, Reply reply) {
            reply(text_response(200, "tls " + std::string(request->target)));
        });
    }
    Result<WebAnswer> get(const std::string& host, const std::string& ca_file) {
        WebOptions options = kLoopback;
        options.ca_file = ca_file;
        return fetched("https://" + host + ":" + std::to_string(server_->port()) + "/x", options, names_);
    }

    os::FakeFiles files_;
    testing::TestCertificate made_;
    std::string ca_file_;
    std::unique_ptr<testing::TestServer> server_;
    FakeResolver names_{{{"good.example", {{"127.0.0.1"}}}, {"other.example", {{"127.0.0.1"}}}}};
};

TEST_F(WebClientTls, SpeaksToAServerWhoseCertificateIsGood) {
    const Result<WebAnswer> got = get("good.example", ca_file_);
    ASSERT_TRUE(got) << got.error().to_string();
    EXPECT_EQ(got->body, "tls /x");
}

TEST_F(WebClientTls, ACertificateOfAnotherHostIsRefused) {
    for (const char* host : {"other.example", "127.0.0.1"}) {
        const Result<WebAnswer> got = get(host, ca_file_);
        ASSERT_FALSE(got) << host;
        EXPECT_EQ(got.error().code, ErrorCode::Unavailable);
        EXPECT_THAT(got.error().message, HasSubstr("the server's certificate is not good")) << host;
        EXPECT_THAT(got.error().message, HasSubstr("mismatch"));
    }
}

TEST_F(WebClientTls, ACertificateThatNobodySignedIsRefused) {
    const Result<WebAnswer> got = get("good.example", "");
    ASSERT_FALSE(got);
    EXPECT_THAT(got.error().message, HasSubstr("the server's certificate is not good: self-signed certificate"));
}

TEST_F(WebClientTls, AServerThatSpeaksNoTlsIsTold) {
    ScriptedServer plain(saying("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const Result<WebAnswer> got =
        fetched("https://good.example:" + std::to_string(plain.port()) + "/", kLoopback, names_);
    ASSERT_FALSE(got);
    EXPECT_THAT(got.error().message, HasSubstr("TLS"));
}

TEST(WebClient, AFileWithoutCertificatesIsToldAtOnce) {
    EXPECT_FALSE(WebClient::create({.ca_file = "/nonexistent.pem"}));
    EXPECT_FALSE(WebClient::create({.guard = {.allow = {"10.0.0.1/8"}}}));
}

}  // namespace
}  // namespace galley::net
