// TLS end to end over loopback sockets, with certificates made on the spot.
#include "net/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <thread>

#include "net/http_server.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_certificate.h"
#include "net/testing/test_server.h"
#include "net/testing/tls_client.h"
#include "net/testing/turning_clock.h"
#include "os/testing/fake_files.h"

namespace galley::net {
namespace {

using testing::get;
using ::testing::HasSubstr;
using testing::RawAnswer;
using testing::RawClient;
using testing::TestServer;
using testing::TlsClient;

constexpr const char* kLastLine = "Connection: close\r\n";

// A folder with a good certificate and its key, and a server's options that name them.
class Tls : public ::testing::Test {
 protected:
    Tls() { put("first.example"); }

    void write(const std::string& name, const std::string& text) {
        GALLEY_CHECK(files_.write(name, {text}, os::Files::Sync::No).has_value());
    }
    void put(const std::string& common_name) {
        made_ = testing::make_certificate(common_name);
        write("cert.pem", made_.certificate_pem);
        write("key.pem", made_.key_pem);
    }
    HttpServerOptions options() {
        HttpServerOptions options = testing::test_options();
        options.tls = names_;
        options.files = &files_;
        return options;
    }
    static void echo(RequestPtr request, Reply reply) {
        reply(text_response(200, std::string(request->target) + " " + request->body));
    }

    os::FakeFiles files_;
    TlsFiles names_{.certificate = "cert.pem", .key = "key.pem"};
    testing::TestCertificate made_;
};

TEST_F(Tls, AnswersRequestsThatArePipelinedOnOneConnection) {
    TestServer server(options(), echo);
    TlsClient client(server.port(), {.protocol = "http/1.1"});
    ASSERT_TRUE(client.connected()) << client.failure();
    EXPECT_EQ(client.version(), "TLSv1.3");
    EXPECT_EQ(client.protocol(), "http/1.1");
    client.send(get("/1") + get("/2") + get("/3", kLastLine));
    const std::string received = client.read_all();
    for (const char* body : {"/1 ", "/2 ", "/3 "}) EXPECT_THAT(received, HasSubstr(body));
    EXPECT_TRUE(client.ended_properly()) << "without close_notify an end could be an attacker's";
}

TEST_F(Tls, SpeaksVersion12AndNothingOlder) {
    TestServer server(options(), echo);
    TlsClient old(server.port(), {.version_max = TLS1_2_VERSION});
    EXPECT_EQ(old.version(), "TLSv1.2");
    old.send(get("/", kLastLine));
    EXPECT_THAT(old.read_all(), HasSubstr("200 OK"));
    EXPECT_FALSE(TlsClient(server.port(), {.version_max = TLS1_1_VERSION}).connected());
}

TEST_F(Tls, SpeaksOnlyVersion13WhenToldTo) {
    names_.version_min = TlsVersion::Tls13;
    TestServer server(options(), echo);
    EXPECT_FALSE(TlsClient(server.port(), {.version_max = TLS1_2_VERSION}).connected());
    EXPECT_TRUE(TlsClient(server.port()).connected());
}

TEST_F(Tls, RefusesClientsThatSpeakAnotherProtocol) {
    TestServer server(options(), echo);
    const TlsClient client(server.port(), {.protocol = "h2"});
    EXPECT_FALSE(client.connected());
    EXPECT_THAT(client.failure(), HasSubstr("no application protocol"));
}

TEST_F(Tls, DoesNotRenegotiate) {
    TestServer server(options(), echo);
    TlsClient client(server.port(), {.version_max = TLS1_2_VERSION});
    EXPECT_FALSE(client.try_to_renegotiate());
}

TEST_F(Tls, TellsAClientThatSpokePlainHttp) {
    TestServer server(options(), echo);
    RawClient client(server.port());
    const RawAnswer answer = client.ask(get("/"));
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("https"));
    EXPECT_TRUE(client.at_end());
}

TEST_F(Tls, ClosesOnWhatIsNoHandshake) {
    TestServer server(options(), echo);
    RawClient client(server.port());
    client.send(std::string(100, '\xff'));
    client.end_sending();
    EXPECT_EQ(client.read().status, 0);
    EXPECT_TRUE(TlsClient(server.port()).connected()) << "and serves others";
}

TEST_F(Tls, ClosesAHandshakeThatTakesTooLong) {
    testing::TurningClock turning;
    HttpServerOptions slow = options();
    slow.clock = &turning.clock();
    TestServer server(slow, echo);
    RawClient client(server.port());
    client.send("\x16\x03\x01\x02\x00\x01");
    turning.turn_on();
    EXPECT_TRUE(client.at_end());
}

TEST_F(Tls, SendsLargeBodiesFromMemoryAndFile) {
    std::string content;
    for (int i = 0; i < 3'000'000; ++i) content += static_cast<char>('a' + (i * 7 + i / 1000) % 26);
    write("large", content);
    const SharedBytes shared{Bytes(content)};
    TestServer server(options(), [&](RequestPtr request, Reply reply) {
        Response response;
        if (request->path == "/file") {
            response.body = FileBody(*files_.open("large"));
        } else {
            response.body = SharedBody(shared);
        }
        reply(std::move(response));
    });
    for (const char* path : {"/file", "/memory"}) {
        TlsClient client(server.port());
        client.send(get(path, kLastLine));
        const std::string received = client.read_all();
        EXPECT_TRUE(received.ends_with(content)) << path << " " << received.size();
    }
}

TEST_F(Tls, ReadsABodyOfManyRecords) {
    TestServer server(options(), [](RequestPtr request, Reply reply) {
        reply(text_response(200, std::to_string(request->body.size()) + " bytes"));
    });
    TlsClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\nConnection: close\r\n\r\n");
    for (int i = 0; i < 50; ++i) client.send(std::string(10'000, 'x'));
    EXPECT_THAT(client.read_all(), HasSubstr("500000 bytes"));
}

TEST_F(Tls, TellsBrowsersToStayWithItWhenAsked) {
    HttpServerOptions strict = options();
    strict.strict_transport_max_age = std::chrono::hours(24);
    TestServer server(strict, echo);
    TlsClient client(server.port());
    client.send(get("/", kLastLine));
    EXPECT_THAT(client.read_all(), HasSubstr("\r\nStrict-Transport-Security: max-age=86400\r\n"));
}

TEST_F(Tls, ReloadGivesNewConnectionsTheNewCertificateAndLeavesOpenOnesAlone) {
    TestServer server(options(), echo);
    TlsClient open(server.port());
    EXPECT_EQ(open.common_name(), "first.example");
    put("second.example");
    ASSERT_TRUE(server->reload_tls(names_).has_value());
    EXPECT_EQ(TlsClient(server.port()).common_name(), "second.example");
    open.send(get("/still", kLastLine));
    EXPECT_THAT(open.read_all(), HasSubstr("/still"));
}

TEST_F(Tls, ReloadKeepsTheOldCertificateWhenTheNewOneIsBroken) {
    TestServer server(options(), echo);
    write("cert.pem", "broken");
    EXPECT_EQ(server->reload_tls(names_).error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(TlsClient(server.port()).common_name(), "first.example");
}

TEST_F(Tls, LoadRefusesWhatCannotServe) {
    const auto refusal = [this] {
        const auto loaded = TlsContext::load(names_, files_);
        return loaded ? std::string("loaded") : loaded.error().message;
    };
    EXPECT_EQ(refusal(), "loaded");
    write("key.pem", testing::make_certificate("other.example").key_pem);
    EXPECT_THAT(refusal(), HasSubstr("is not the key of cert.pem"));
    write("key.pem", testing::encrypted_key_pem(made_));
    EXPECT_THAT(refusal(), HasSubstr("passphrase"));
    write("key.pem", "");
    EXPECT_THAT(refusal(), HasSubstr("key.pem: holds no private key"));
    write("cert.pem", made_.key_pem);
    EXPECT_THAT(refusal(), HasSubstr("cert.pem: holds no certificate"));
    write("cert.pem", made_.certificate_pem + "-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n");
    EXPECT_NE(refusal(), "loaded") << "a chain that is damaged";
    names_.certificate = "missing.pem";
    EXPECT_THAT(refusal(), ::testing::Not("loaded"));
}

TEST_F(Tls, StartNeedsCertificateAndKeyTogether) {
    names_.key.clear();
    EXPECT_EQ(HttpServer(options(), echo).start().error().code, ErrorCode::InvalidInput);
    names_.key = "missing.pem";
    EXPECT_FALSE(HttpServer(options(), echo).start().has_value());
}

TEST_F(Tls, DrainClosesHandshakesThatSleepAndIdleConnections) {
    TestServer server(options(), echo);
    TlsClient idle(server.port());
    RawClient silent(server.port());
    while (server->connections() < 2) std::this_thread::yield();
    EXPECT_TRUE(server->drain(testing::kPatience));
    EXPECT_EQ(idle.read_all(), "");
    EXPECT_TRUE(idle.ended_properly());
}

}  // namespace
}  // namespace galley::net
