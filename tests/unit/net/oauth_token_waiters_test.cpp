#include "sign_in.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::net;
using crmsync::test::Hold;
using crmsync::test::refusal;
using crmsync::test::SignIn;

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
