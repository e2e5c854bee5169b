#pragma once

#include <string>

namespace crmsync::test {

struct TestCertificate {
    std::string certificate_pem;
    std::string key_pem;
};

/// A fresh RSA key and a certificate signed by itself, valid from an hour ago until tomorrow. It
/// can stand as its own authority.
TestCertificate make_test_certificate(const char* names = "IP:127.0.0.1,DNS:localhost");

} // namespace crmsync::test
