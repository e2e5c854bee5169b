#include "base/failure.hpp"
#include "base/text.hpp"
#include "net/oauth_token.hpp"
#include "net_fixture.hpp"
#include "support/manual_clock.hpp"
#include "support/test_certificate.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::net;
using namespace std::chrono_literals;
using crmsync::test::Answer;
using crmsync::test::Hold;
using crmsync::test::ManualClock;
using crmsync::test::Net;
using crmsync::test::Received;

namespace {

const Timestamp start_of_test = *parse_timestamp("2026-03-02T09:15:00Z");

/// A sign-in server that hands out token-1, token-2, … unless the test gave it another answer.
struct SignIn {
    SignIn() : net([this](const Received&) { return answer(); }) {}

    Answer answer()
    {
        ++asked;
        Answer a = next ? *next
                        : Answer{200,
                                 {{"Content-Type", "application/json; charset=utf-8"}},
                                 fmt::format(R"({{"token_type":"Bearer","expires_in":{},)"
                                             R"("access_token":"token-{}"}})",
                                             lifetime, asked)};
        a.hold = hold;
        return a;
    }

    TokenRequest request() const
    {
        TokenRequest r;
        r.token_url = net.server.url("/contoso/oauth2/v2.0/token");
        r.client_id = "535fb089";
        r.scope = "https://graph.microsoft.com/.default";
        r.client_secret = "s3cr&t +";
        return r;
    }

    std::string get(OAuthToken& token) { return test::run(net.context, token.get()); }

    std::optional<Failure> failure(OAuthToken& token)
    {
        try {
            get(token);
        } catch (const Failure& failure) {
            return failure;
        }
        return std::nullopt;
    }

    std::map<std::string, std::string> form() const
    {
        std::map<std::string, std::string> values;
        for (const auto pair : split(net.server.received().back().body, '&')) {
            const auto at = pair.find('=');
            values.emplace(pair.substr(0, at), pair.substr(at + 1));
        }
        return values;
    }

    ManualClock clock{start_of_test};
    int asked = 0;
    int lifetime = 3599;
    std::optional<Answer> next;
    std::shared_ptr<Hold> hold;
    Net net;
};

Answer refusal(int status, int number, const char* error, bool with_codes = true)
{
    return {status,
            {{"Content-Type", "application/json"}},
            fmt::format(R"({{"error":"{}","error_description":"AADSTS{}: Some words about )"
                        R"(it. Trace ID: 0000 Correlation ID: 1111"{}}})",
                        error, number,
                        with_codes ? fmt::format(R"(,"error_codes":[{}])", number) : "")};
}

} // namespace

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

TEST_CASE("fifty who wait are served by one request")
{
    SignIn sign_in;
    sign_in.hold = std::make_shared<Hold>();
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    std::vector<std::shared_ptr<test::Arrival<std::string>>> arrivals;
    for (int i = 0; i < 50; ++i)
        arrivals.push_back(test::start(sign_in.net.context, token.get()));
    sign_in.net.until([&] { return sign_in.hold->waiting() == 1; });
    sign_in.hold->open();
    sign_in.net.until([&] {
        return std::all_of(arrivals.begin(), arrivals.end(), [](auto& a) { return a->here; });
    });
    for (auto& arrival : arrivals)
        CHECK(arrival->take() == "token-1");
    CHECK(sign_in.asked == 1);
}

TEST_CASE("the request for a token goes on when the one who began it is cancelled")
{
    SignIn sign_in;
    sign_in.hold = std::make_shared<Hold>();
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());

    boost::asio::cancellation_signal signal;
    std::exception_ptr thrown;
    boost::asio::co_spawn(
        sign_in.net.context, token.get(),
        boost::asio::bind_cancellation_slot(
            signal.slot(), [&](std::exception_ptr e, std::string) { thrown = e; }));
    const auto second = test::start(sign_in.net.context, token.get());
    sign_in.net.until([&] { return sign_in.hold->waiting() == 1; });
    signal.emit(boost::asio::cancellation_type::terminal);
    sign_in.net.until([&] { return thrown != nullptr; });
    CHECK_THROWS_AS(std::rethrow_exception(thrown), boost::system::system_error);
    CHECK_FALSE(second->here);

    sign_in.hold->open();
    sign_in.net.until([&] { return second->here; });
    CHECK(second->take() == "token-1");
    CHECK(sign_in.asked == 1);
}

TEST_CASE("a failure reaches each of those who wait as a copy of his own")
{
    SignIn sign_in;
    sign_in.hold = std::make_shared<Hold>();
    sign_in.next = refusal(401, 7000215, "invalid_client");
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    const auto first = test::start(sign_in.net.context, token.get());
    const auto second = test::start(sign_in.net.context, token.get());
    sign_in.net.until([&] { return sign_in.hold->waiting() == 1; });
    sign_in.hold->open();
    sign_in.net.until([&] { return first->here && second->here; });
    try {
        first->take();
    } catch (Failure& failure) {
        failure.while_doing("reading mailbox 1");
    }
    try {
        second->take();
        FAIL("the token was refused");
    } catch (const Failure& failure) {
        CHECK_THAT(failure.what(), !Catch::Contains("mailbox 1"));
    }
    CHECK(sign_in.asked == 1);
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

TEST_CASE("each number of a refused sign-in is explained to the operator")
{
    struct Row {
        int number;
        int status;
        const char* error;
        const char* advice;
    };
    const Row rows[] = {
        {7000215, 401, "invalid_client", "not its id"},
        {7000222, 401, "invalid_client", "expired"},
        {700016, 400, "unauthorized_client", "client_id and tenant_id"},
        {700027, 401, "invalid_client", "upload the certificate"},
        {700024, 401, "invalid_client", "clock"},
        {700021, 401, "invalid_client", "client_id"},
        {700023, 401, "invalid_client", "cloud"},
        {90002, 400, "invalid_request", "national cloud"},
        {70011, 400, "invalid_scope", "graph_url"},
        {7000112, 401, "unauthorized_client", "disabled"},
    };
    const bool with_codes = GENERATE(true, false);
    for (const Row& row : rows) {
        CAPTURE(row.number, with_codes);
        SignIn sign_in;
        sign_in.next = refusal(row.status, row.number, row.error, with_codes);
        OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
        const auto failure = sign_in.failure(token);
        REQUIRE(failure);
        CHECK(failure->name() == "token.refused");
        CHECK(to_string(failure->reaction()) == to_string(Reaction::reauthorise));
        CHECK_THAT(failure->message(), Catch::Contains(fmt::format("AADSTS{}: ", row.number)));
        CHECK_THAT(failure->message(), Catch::Contains(row.advice));
        CHECK_THAT(failure->message(), Catch::Contains("535fb089"));
        CHECK_THAT(failure->message(), !Catch::Contains("s3cr"));
        CHECK_THAT(failure->message(), !Catch::Contains("\n"));
    }
}

TEST_CASE("an unknown number is passed on in the provider's words, without its ids")
{
    SignIn sign_in;
    sign_in.next = refusal(400, 123456, "invalid_request");
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    const auto failure = sign_in.failure(token);
    REQUIRE(failure);
    CHECK(failure->name() == "token.refused");
    CHECK_THAT(failure->message(), Catch::Contains("AADSTS123456: Some words about it."));
    CHECK_THAT(failure->message(), !Catch::Contains("Trace ID"));
    CHECK(explain_aadsts(123456).empty());
}

TEST_CASE("a sign-in service in trouble is asked again, as late as it says")
{
    struct Row {
        Answer answer;
        std::optional<std::chrono::milliseconds> advice;
    };
    const Row rows[] = {
        {refusal(503, 90033, "temporarily_unavailable"), std::nullopt},
        {refusal(400, 90006, "invalid_request"), std::nullopt},
        {{429, {{"Retry-After", "60"}}, R"({"error":"temporarily_unavailable"})"}, 60s},
        {{502, {}, "<html>Bad gateway</html>"}, std::nullopt},
        {{200, {}, R"({"token_type":"Bearer"})"}, std::nullopt},
        {{200, {}, "not JSON"}, std::nullopt},
        {{200, {}, R"({"access_token":"a\r\nX-Evil: 1"})"}, std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.answer.status, row.answer.body);
        SignIn sign_in;
        sign_in.next = row.answer;
        OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
        const auto failure = sign_in.failure(token);
        REQUIRE(failure);
        CHECK(failure->name() == "token.transient");
        CHECK(to_string(failure->reaction()) == to_string(Reaction::retry));
        CHECK(failure->advice() == row.advice);

        sign_in.next.reset();
        sign_in.clock.advance_by(row.advice.value_or(0ms));
        CHECK(sign_in.get(token) == "token-2");
    }
}

TEST_CASE("a proxy's refusal in HTML asks the operator to look at the address")
{
    SignIn sign_in;
    sign_in.next = Answer{404, {}, "<html>no such page</html>"};
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    const auto failure = sign_in.failure(token);
    REQUIRE(failure);
    CHECK(failure->name() == "token.refused");
    CHECK_THAT(failure->message(), Catch::Contains("tenant_id and cloud"));
    CHECK_THAT(failure->message(), !Catch::Contains("html"));
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

TEST_CASE("a refused renewal is told at once, though the old token would still serve")
{
    SignIn sign_in;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    CHECK(sign_in.get(token) == "token-1");
    sign_in.next = refusal(401, 7000222, "invalid_client");
    sign_in.clock.advance_by(3300s);
    const auto failure = sign_in.failure(token);
    REQUIRE(failure);
    CHECK(failure->name() == "token.refused");
}

TEST_CASE("tokens and the client may go away while a token is being asked for")
{
    SignIn sign_in;
    sign_in.hold = std::make_shared<Hold>();
    auto token = std::make_unique<OAuthToken>(*sign_in.net.http, sign_in.clock, sign_in.request());
    const auto arrival = test::start(sign_in.net.context, token->get());
    sign_in.net.until([&] { return sign_in.hold->waiting() == 1; });
    SECTION("the token first")
    {
        token.reset();
        sign_in.net.http.reset();
    }
    SECTION("the client first")
    {
        sign_in.net.http.reset();
        sign_in.net.until([&] { return arrival->here; });
        token.reset();
    }
    sign_in.net.until([&] { return arrival->here; });
    CHECK_THROWS_AS(arrival->take(), boost::system::system_error);
}

TEST_CASE("a pause the sign-in service asks for is kept by everybody who wants a token")
{
    SignIn sign_in;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    sign_in.next = Answer{429, {{"Retry-After", "120"}}, ""};
    CHECK(sign_in.failure(token)->name() == "token.transient");
    sign_in.clock.advance_by(20s);
    const auto second = sign_in.failure(token);
    REQUIRE(second);
    CHECK(second->name() == "token.transient");
    CHECK(second->advice() == 100s);
    CHECK(sign_in.asked == 1);
    sign_in.clock.advance_by(100s);
    sign_in.next.reset();
    CHECK(sign_in.get(token) == "token-2");
}

TEST_CASE("a refused application is asked about again after half a minute, not by every mailbox")
{
    SignIn sign_in;
    OAuthToken token(*sign_in.net.http, sign_in.clock, sign_in.request());
    sign_in.next = refusal(401, 7000215, "invalid_client");
    for (int i = 0; i < 5; ++i)
        CHECK(sign_in.failure(token)->name() == "token.refused");
    CHECK(sign_in.asked == 1);
    sign_in.clock.advance_by(30s);
    CHECK(sign_in.failure(token)->name() == "token.refused");
    CHECK(sign_in.asked == 2);
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
