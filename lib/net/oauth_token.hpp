#pragma once

#include "base/clock.hpp"
#include "net/http_client.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>

namespace crmsync::net {

struct TokenRequest {
    std::string token_url; ///< {authority}/{tenant}/oauth2/v2.0/token
    std::string client_id;
    std::string scope;
    std::optional<std::string> client_secret; ///< or a certificate with its key, PEM text
    std::optional<std::string> certificate_pem;
    std::optional<std::string> private_key_pem;
};

/// A bearer token by client credentials (G-1 to G-8): cached, renewed five minutes before it
/// expires, one request for all who wait. A failure with a Retry-After, or of a refused
/// application, answers everybody until another request makes sense. Failures: token.refused
/// (reauthorise; the AADSTS number explained for the operator), token.transient (retry), and those
/// of HttpClient.
class OAuthToken {
public:
    OAuthToken(HttpClient& http, Clock& clock, TokenRequest request);
    ~OAuthToken();

    /// A token that is valid now.
    boost::asio::awaitable<std::string> get();

    /// The provider answered 403 to this one: what it may do was laid down when it was issued
    /// (G-9). If that was some minutes ago the next get() asks for another; until then, and should
    /// that fail, this one serves.
    void lacks_permission(const std::string& token);

    /// The provider answered 401 to this one: the next get() asks for another. A second call with
    /// an older token changes nothing.
    void rejected(const std::string& token);

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// What an AADSTS number means and what to do about it, in one sentence; empty for an unknown one
/// (G-6).
std::string_view explain_aadsts(int number);

} // namespace crmsync::net
