#include "sign_in.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::net;
using namespace std::chrono_literals;
using crmsync::test::Answer;
using crmsync::test::refusal;
using crmsync::test::SignIn;

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
        {7000218, 401, "invalid_client", "set client_secret_file, or"},
        {900023, 400, "invalid_request", "tenant's name is not a valid one"},
        {500011, 400, "invalid_resource", "graph_url and authority_url"},
        {65001, 400, "invalid_grant", "an administrator must grant"},
        {53003, 400, "access_denied", "conditional access policy"},
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
        int number = 0; ///< that the message explains
    };
    const Row rows[] = {
        {refusal(503, 90033, "temporarily_unavailable"), std::nullopt, 90033},
        {refusal(400, 90006, "invalid_request"), std::nullopt, 90006},
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
        if (row.number) {
            CHECK_THAT(failure->message(), Catch::Contains(fmt::format("AADSTS{}: ", row.number)));
            CHECK_THAT(failure->message(), Catch::Contains("nothing to do, it is asked again"));
        }

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
