#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "net/client_assertion.hpp"
#include "support/test_certificate.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

using namespace crmsync;
using namespace crmsync::net;
using crmsync::test::TestCertificate;

namespace {

const Timestamp now = *parse_timestamp("2026-03-02T09:15:00.75Z");
constexpr auto token_url = "https://login.example/tenant/oauth2/v2.0/token";

const TestCertificate& certificate()
{
    static const TestCertificate made = test::make_test_certificate();
    return made;
}

std::string decode(std::string_view base64_url_text)
{
    std::string text(base64_url_text);
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return from_base64(text);
}

struct X509Free {
    void operator()(X509* x) const { X509_free(x); }
};

std::unique_ptr<X509, X509Free> read(const std::string& pem)
{
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    std::unique_ptr<X509, X509Free> x(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
    BIO_free(bio);
    return x;
}

/// As a provider checks it: with the certificate's public key, PSS, salt of 32 bytes.
bool verified(const std::string& certificate_pem, std::string_view text,
              const std::string& signature)
{
    const auto x = read(certificate_pem);
    EVP_PKEY* key = X509_get0_pubkey(x.get());
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* options = nullptr;
    EVP_DigestVerifyInit(context, &options, EVP_sha256(), nullptr, key);
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 32);
    const int result = EVP_DigestVerify(
        context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
        reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    return result == 1;
}

} // namespace

TEST_CASE("an assertion names the certificate and the application and lives ten minutes")
{
    const ClientAssertion assertion(certificate().certificate_pem, certificate().key_pem);
    const std::string jwt = assertion.make("client-1", token_url, now);
    const auto parts = split(jwt, '.');
    REQUIRE(parts.size() == 3);

    const auto header = boost::json::parse(decode(parts[0])).as_object();
    CHECK(header.at("alg") == "PS256");
    CHECK(header.at("typ") == "JWT");
    const auto x = read(certificate().certificate_pem);
    unsigned char print[32];
    unsigned int size = sizeof print;
    REQUIRE(X509_digest(x.get(), EVP_sha256(), print, &size) == 1);
    CHECK(decode(std::string_view(header.at("x5t#S256").as_string())) ==
          std::string(reinterpret_cast<const char*>(print), size));

    const auto claims = boost::json::parse(decode(parts[1])).as_object();
    CHECK(claims.at("aud") == token_url);
    CHECK(claims.at("iss") == "client-1");
    CHECK(claims.at("sub") == "client-1");
    const std::int64_t at = 1772442900;
    CHECK(claims.at("nbf").to_number<std::int64_t>() == at);
    CHECK(claims.at("iat").to_number<std::int64_t>() == at);
    CHECK(claims.at("exp").to_number<std::int64_t>() == at + 600);
}

TEST_CASE("the certificate's public key verifies an assertion, and only that one")
{
    const ClientAssertion assertion(certificate().certificate_pem, certificate().key_pem);
    const std::string jwt = assertion.make("client-1", token_url, now);
    const std::string text = jwt.substr(0, jwt.rfind('.'));
    const std::string signature = decode(std::string_view(jwt).substr(text.size() + 1));

    CHECK(verified(certificate().certificate_pem, text, signature));
    CHECK_FALSE(verified(certificate().certificate_pem, text + "x", signature));
    CHECK_FALSE(verified(test::make_test_certificate().certificate_pem, text, signature));
}

TEST_CASE("no two assertions have the same id")
{
    const ClientAssertion assertion(certificate().certificate_pem, certificate().key_pem);
    const auto id = [&] {
        const std::string jwt = assertion.make("client-1", token_url, now);
        const auto claims = boost::json::parse(decode(split(jwt, '.')[1])).as_object();
        return std::string(claims.at("jti").as_string());
    };
    CHECK(id() != id());
}

TEST_CASE("a certificate or key that cannot be used is refused at the start, by its key's name")
{
    const auto message = [](const std::string& c, const std::string& k) -> std::string {
        try {
            const ClientAssertion assertion(c, k);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "accepted";
    };
    const TestCertificate& good = certificate();
    CHECK_THAT(message("nonsense", good.key_pem), Catch::StartsWith("certificate_file"));
    CHECK_THAT(message("", good.key_pem), Catch::StartsWith("certificate_file"));
    CHECK_THAT(message(good.certificate_pem, "nonsense"), Catch::StartsWith("private_key_file"));
    CHECK_THAT(message(good.certificate_pem, test::make_test_certificate().key_pem),
               Catch::Contains("is not the key of"));
    CHECK(message(good.certificate_pem, good.key_pem) == "accepted");
}
