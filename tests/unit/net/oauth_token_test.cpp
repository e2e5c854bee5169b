#include "sign_in.hpp"
#include "support/test_certificate.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::net;
using namespace std::chrono_literals;
using crmsync::test::Answer;
using crmsync::test::Received;
using crmsync::test::SignIn;

TEST_CASE("a token is asked for with the application's secret")
{
    SignIn sign_in;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    CHECK(sign_in.get(token) == "token-1");

    REQUIRE(sign_in.net.server.received().size() == 1);
    const Received& got = sign_in.net.server.received()[0];
    CHECK(got.method == "POST");
    CHECK(got.target == "/contoso/oauth2/v2.0/token");
    CHECK(test::header_value(got.headers, "Content-Type") == "application/x-www-form-urlencoded");
    const auto form = sign_in.form();
    CHECK(form.at("grant_type") == "client_credentials");
    CHECK(form.at("client_id") == "535fb089");
    CHECK(form.at("scope") == "https%3A%2F%2Fgraph.microsoft.com%2F.default");
    CHECK(form.at("client_secret") == "s3cr%26t%20%2B");
    CHECK(form.size() == 4);
}

TEST_CASE("with a certificate an assertion takes the place of the secret")
{
    SignIn sign_in;
    TokenRequest request = sign_in.request();
    const auto certificate = test::make_test_certificate();
    request.client_secret.reset();
    request.certificate_pem = certificate.certificate_pem;
    request.private_key_pem = certificate.key_pem;
    OAuthToken token(*sign_in.net.http, sign_in.clock, request);
    CHECK(sign_in.get(token) == "token-1");

    const auto form = sign_in.form();
    CHECK(form.count("client_secret") == 0);
    CHECK(form.at("client_assertion_type") ==
          "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer");
    CHECK(split(form.at("client_assertion"), '.').size() == 3);
}

TEST_CASE("an application with neither secret nor certificate is a mistake of the configuration")
{
    SignIn sign_in;
    TokenRequest request = sign_in.request();
    request.client_secret.reset();
    CHECK_THROWS_AS(OAuthToken(*sign_in.net.http, sign_in.clock, request), UsageError);
    request.client_secret = "";
    CHECK_THROWS_AS(OAuthToken(*sign_in.net.http, sign_in.clock, request), UsageError);
}

TEST_CASE("a token is kept until five minutes before it expires")
{
    SignIn sign_in;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    CHECK(sign_in.get(token) == "token-1");
    sign_in.clock.advance_by(3298s);
    CHECK(sign_in.get(token) == "token-1");
    CHECK(sign_in.asked == 1);
    sign_in.clock.advance_by(1s);
    CHECK(sign_in.get(token) == "token-2");
    CHECK(sign_in.asked == 2);
}

TEST_CASE("a very short token is renewed half way, not with each request")
{
    SignIn sign_in;
    sign_in.lifetime = 60;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    CHECK(sign_in.get(token) == "token-1");
    sign_in.clock.advance_by(29s);
    CHECK(sign_in.get(token) == "token-1");
    sign_in.clock.advance_by(1s);
    CHECK(sign_in.get(token) == "token-2");
}

TEST_CASE("a rejected token is replaced once, however many were told so")
{
    SignIn sign_in;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    const std::string old = sign_in.get(token);
    token.rejected(old);
    CHECK(sign_in.get(token) == "token-2");
    token.rejected(old);
    CHECK(sign_in.get(token) == "token-2");
    CHECK(sign_in.asked == 2);
}

TEST_CASE("a renewal that fails for a while does no harm until the old token expires")
{
    SignIn sign_in;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    CHECK(sign_in.get(token) == "token-1");
    sign_in.next = Answer{503, {}, ""};
    sign_in.clock.advance_by(3300s);
    CHECK(sign_in.get(token) == "token-1");
    CHECK(sign_in.get(token) == "token-1");
    CHECK(sign_in.asked == 2); // not with every request
    sign_in.clock.advance_by(30s);
    CHECK(sign_in.get(token) == "token-1");
    CHECK(sign_in.asked == 3);
    sign_in.clock.advance_by(270s);
    const auto failure = sign_in.failure(token);
    REQUIRE(failure);
    CHECK(failure->name() == "token.transient");
}

TEST_CASE("a token that lacks a permission is renewed once it is some minutes old")
{
    SignIn sign_in;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    CHECK(sign_in.get(token) == "token-1");
    token.lacks_permission("token-1");
    CHECK(sign_in.get(token) == "token-1"); // the permission is not there, the token is fresh
    sign_in.clock.advance_by(300s);
    token.lacks_permission("token-0");
    CHECK(sign_in.get(token) == "token-1");
    token.lacks_permission("token-1");
    CHECK(sign_in.get(token) == "token-2");
    token.lacks_permission("token-2");
    CHECK(sign_in.get(token) == "token-2");
}
