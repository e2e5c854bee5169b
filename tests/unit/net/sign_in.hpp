#pragma once

#include "base/failure.hpp"
#include "base/text.hpp"
#include "net/oauth_token.hpp"
#include "net_fixture.hpp"
#include "support/manual_clock.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace crmsync::test {

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

    net::TokenRequest request() const
    {
        net::TokenRequest r;
        r.token_url = net.server.url("/contoso/oauth2/v2.0/token");
        r.client_id = "535fb089";
        r.scope = "https://graph.microsoft.com/.default";
        r.client_secret = "s3cr&t +";
        return r;
    }

    std::string get(net::OAuthToken& token) { return run(net.context, token.get()); }

    std::optional<Failure> failure(net::OAuthToken& token)
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

    ManualClock clock{*parse_timestamp("2026-03-02T09:15:00Z")};
    int asked = 0;
    int lifetime = 3599;
    std::optional<Answer> next;
    std::shared_ptr<Hold> hold;
    Net net;
};

/// The answer to a sign-in that is refused, with the number in a list of its own or only in words.
inline Answer refusal(int status, int number, const char* error, bool with_codes = true)
{
    return {status,
            {{"Content-Type", "application/json"}},
            fmt::format(R"({{"error":"{}","error_description":"AADSTS{}: Some words about )"
                        R"(it. Trace ID: 0000 Correlation ID: 1111"{}}})",
                        error, number,
                        with_codes ? fmt::format(R"(,"error_codes":[{}])", number) : "")};
}

} // namespace crmsync::test
