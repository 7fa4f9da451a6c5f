// src/net/testing/test_certificate.h — certificates for tests of TLS, made on the spot: self-signed, for one host, P-256.
//
// Threads  any.
#pragma once

#include <string>

namespace galley::net::testing {

struct TestCertificate {
    std::string certificate_pem;
    std::string key_pem;
};
TestCertificate make_certificate(const std::string& common_name);
// The same key behind a passphrase.
std::string encrypted_key_pem(const TestCertificate& certificate);

}  // namespace galley::net::testing
