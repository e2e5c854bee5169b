#pragma once

#include "base/clock.hpp"
#include "net/http_client.hpp"
#include "net/oauth_token.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace crmsync::live {

/// Where to ask, and as whom.
struct Access {
    std::string tenant_id;
    std::string client_id;
    std::string client_secret;
    std::string mailbox;
    std::string authority_url = "https://login.microsoftonline.com";
    std::string graph_url = "https://graph.microsoft.com";
};

struct Reply {
    int status = 0;
    boost::json::value body; ///< null where there is none, or no JSON

    bool done() const { return status >= 200 && status < 300; }
    /// A member of the body as text, empty where there is none.
    std::string text(std::string_view name) const;
};

/// One mailbox of a tenant, asked in plain requests: what is to be found out is not how the
/// connector sees it.
class Tenant {
public:
    Tenant(net::HttpClient& http, Clock& clock, Access access);

    /// `path` is below the mailbox, or a whole link that Graph gave.
    boost::asio::awaitable<Reply> ask(net::Method method, std::string path,
                                      boost::json::value body = {}, net::Headers headers = {});
    boost::asio::awaitable<Reply> get(std::string path);
    boost::asio::awaitable<Reply> patch(std::string path, boost::json::value body,
                                        net::Headers headers = {});
    boost::asio::awaitable<Reply> post(std::string path, boost::json::value body);

    Clock& clock() { return clock_; }
    const Access& access() const { return access_; }

private:
    net::HttpClient& http_;
    Clock& clock_;
    Access access_;
    net::OAuthToken token_;
};

} // namespace crmsync::live
