#include "net/oauth_token.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "net/client_assertion.hpp"
#include "net/token_answer.hpp"
#include "net/url.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace crmsync::net {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::minutes renew_before{5};
/// How long a failed renewal rests while the old token still serves.
constexpr std::chrono::seconds rest_after_failure{30};
/// How old a token is whose permissions may be out of date.
constexpr std::chrono::minutes permissions_fresh{5};

/// One request for a token, and those who wait for it. It belongs to none of them, so that the one
/// who began it may be cancelled.
struct Round {
    explicit Round(const asio::any_io_executor& executor)
        : over(executor, asio::steady_timer::time_point::max())
    {}

    asio::steady_timer over; ///< never rings; cancelled when the round is over
    bool finished = false;
    std::string token;
    std::exception_ptr thrown;

    /// A copy for each: whoever catches a Failure adds his own context to it.
    std::string result() const
    {
        if (!thrown)
            return token;
        try {
            std::rethrow_exception(thrown);
        } catch (const Failure& failure) {
            throw Failure(failure);
        }
    }
};

std::string form_body(const TokenRequest& request, const std::string& assertion)
{
    std::string body = "client_id=" + percent_encode(request.client_id) +
                       "&scope=" + percent_encode(request.scope) + "&grant_type=client_credentials";
    if (assertion.empty())
        return body + "&client_secret=" + percent_encode(request.client_secret.value_or(""));
    constexpr std::string_view type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    return body + "&client_assertion_type=" + percent_encode(type) +
           "&client_assertion=" + percent_encode(assertion);
}

} // namespace

struct OAuthToken::State {
    State(HttpClient& h, Clock& c, TokenRequest r)
        : http(h), clock(c), request(std::move(r)), host(host_of(request.token_url))
    {
        if (request.certificate_pem && request.private_key_pem)
            assertion.emplace(*request.certificate_pem, *request.private_key_pem);
        else if (!request.client_secret || request.client_secret->empty())
            throw UsageError("an application needs client_secret_file, or certificate_file and "
                             "private_key_file");
    }

    /// Its parameter keeps the state; `http` and `clock` may be gone once the wait was aborted.
    static asio::awaitable<FreshToken> ask(std::shared_ptr<State> state);
    static void begin_round(const std::shared_ptr<State>& state, asio::any_io_executor executor);
    void end_round(std::exception_ptr thrown, FreshToken fresh);
    bool serve_old_one(const std::exception_ptr& thrown);
    void remember(const std::exception_ptr& thrown);
    void throw_if_resting() const;

    HttpClient& http;
    Clock& clock;
    TokenRequest request;
    std::string host;
    std::optional<ClientAssertion> assertion;

    std::string token;
    Timestamp renew_at{};
    Timestamp expires_at{};
    Timestamp issued_at{};
    std::optional<Failure> refusal; ///< answers until `ask_again_at`
    Timestamp ask_again_at{};
    std::shared_ptr<Round> round;
    asio::cancellation_signal give_up;
    bool abandoned = false;
};

asio::awaitable<FreshToken> OAuthToken::State::ask(std::shared_ptr<State> state)
{
    const TokenRequest& request = state->request;
    const std::string proof =
        state->assertion
            ? state->assertion->make(request.client_id, request.token_url, state->clock.now())
            : std::string();
    Request http_request;
    http_request.method = Method::post;
    http_request.url = request.token_url;
    http_request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                            {"Accept", "application/json"}};
    http_request.body = form_body(request, proof);
    http_request.max_body = 1u << 20;

    const Response response = co_await state->http.send(std::move(http_request));
    co_return read_token_answer(response, state->host, request.client_id, state->clock.now());
}

void OAuthToken::State::begin_round(const std::shared_ptr<State>& state,
                                    asio::any_io_executor executor)
{
    state->round = std::make_shared<Round>(executor);
    auto ended = [state](std::exception_ptr thrown, FreshToken fresh) {
        state->end_round(std::move(thrown), std::move(fresh));
    };
    asio::co_spawn(executor, ask(state),
                   asio::bind_cancellation_slot(state->give_up.slot(), std::move(ended)));
}

void OAuthToken::State::end_round(std::exception_ptr thrown, FreshToken fresh)
{
    const auto ending = std::exchange(round, nullptr);
    if (!thrown) {
        // A provider that hands out very short tokens is asked half way.
        const auto margin = std::min<std::chrono::seconds>(renew_before, fresh.lifetime / 2);
        issued_at = clock.now();
        expires_at = issued_at + fresh.lifetime;
        refusal.reset();
        renew_at = expires_at - margin;
        token = std::move(fresh.token);
        log::debug(log::Area::net, "token received",
                   {{"host", host}, {"seconds", fresh.lifetime.count()}});
    } else if (!abandoned && serve_old_one(thrown)) {
        thrown = nullptr;
    } else if (!abandoned) {
        remember(thrown);
    }
    ending->token = token;
    ending->thrown = std::move(thrown);
    ending->finished = true;
    ending->over.cancel();
}

/// A renewal that fails for a passing reason does no harm while the old token is valid.
bool OAuthToken::State::serve_old_one(const std::exception_ptr& thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::retry || token.empty() || clock.now() >= expires_at)
            return false;
        renew_at = clock.now() +
                   std::max<std::chrono::milliseconds>(
                       failure.advice().value_or(std::chrono::milliseconds{0}), rest_after_failure);
        log::warn(log::Area::net, "the token was not renewed; the old one serves for now",
                  {{"failure", failure.name()}, {"why", failure.message()}});
        return true;
    } catch (...) {
        return false;
    }
}

/// Others would only hear the same: the server said when to come back, or a person must act.
void OAuthToken::State::remember(const std::exception_ptr& thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const Failure& failure) {
        std::chrono::milliseconds rest = failure.advice().value_or(std::chrono::milliseconds{0});
        if (failure.reaction() == Reaction::reauthorise)
            rest = std::max<std::chrono::milliseconds>(rest, rest_after_failure);
        refusal = failure;
        ask_again_at = clock.now() + rest;
    } catch (...) {
        refusal.reset(); // aborted: says nothing about the next request
    }
}

void OAuthToken::State::throw_if_resting() const
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(ask_again_at - clock.now());
    if (refusal && left.count() > 0)
        throw Failure(refusal->reaction(), refusal->name(), refusal->message(), left);
}

OAuthToken::OAuthToken(HttpClient& http, Clock& clock, TokenRequest request)
    : state_(std::make_shared<State>(http, clock, std::move(request)))
{}

OAuthToken::~OAuthToken()
{
    state_->abandoned = true;
    state_->give_up.emit(asio::cancellation_type::all);
}

asio::awaitable<std::string> OAuthToken::get()
{
    const auto state = state_;
    const Timestamp now = state->clock.now();
    if (!state->token.empty() && now < state->renew_at && now < state->expires_at)
        co_return state->token;

    if (!state->round) {
        state->throw_if_resting();
        auto executor = co_await asio::this_coro::executor;
        State::begin_round(state, std::move(executor));
    }
    const auto round = state->round;
    if (!round->finished) {
        boost::system::error_code ignored; // the round being over is the news
        co_await round->over.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (!round->finished)
        throw boost::system::system_error(asio::error::operation_aborted);
    co_return round->result();
}

void OAuthToken::lacks_permission(const std::string& token)
{
    State& state = *state_;
    const Timestamp now = state.clock.now();
    if (token == state.token && now - state.issued_at >= permissions_fresh)
        state.renew_at = std::min(state.renew_at, now);
}

void OAuthToken::rejected(const std::string& token)
{
    if (token != state_->token)
        return;
    state_->token.clear();
}

} // namespace crmsync::net
