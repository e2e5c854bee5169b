#pragma once

#include "simulator/server_thread.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <atomic>
#include <string>
#include <vector>

namespace crmsync::sim::test {

namespace http = boost::beast::http;
namespace json = boost::json;

/// Stands where a test puts it. Safe to read from the server's thread.
class StillClock final : public Clock {
public:
    Timestamp now() const override
    {
        return Timestamp(std::chrono::microseconds(microseconds_.load()));
    }
    boost::asio::awaitable<void> sleep_until(Timestamp) override { co_return; }
    void set(std::string_view text)
    {
        microseconds_ = parse_timestamp(text)->time_since_epoch().count();
    }
    void advance(std::chrono::microseconds by) { microseconds_ += by.count(); }

private:
    std::atomic<std::int64_t> microseconds_{1772442900000000}; // 2026-03-02T09:15:00Z
};

struct Response {
    int status = 0;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    bool cut = false; ///< the connection ended before the whole answer was there

    std::string header(std::string_view name) const
    {
        const std::string* const found = find_header(headers, name);
        return found ? *found : std::string{};
    }
    json::value json() const { return json::parse(body); }
    std::string code() const
    {
        const json::value value = json();
        return std::string(value.at("error").at("code").as_string());
    }
};

/// One connection, one request at a time.
class Client {
public:
    explicit Client(std::uint16_t port) : port_(port) {}

    Response send(std::string method, std::string target, std::string body = {},
                  Headers headers = {})
    {
        connect();
        begin(std::move(method), std::move(target), std::move(body), std::move(headers));
        return finish();
    }

    void begin(std::string method, std::string target, std::string body = {}, Headers headers = {})
    {
        connect();
        http::request<http::string_body> request;
        request.method_string(method);
        request.target(target);
        request.version(11);
        request.set(http::field::host, "127.0.0.1:" + std::to_string(port_));
        for (const auto& [name, value] : headers)
            request.insert(name, value);
        if (!body.empty() && request[http::field::content_type].empty())
            request.set(http::field::content_type, "application/json");
        request.body() = std::move(body);
        request.prepare_payload();
        http::write(*socket_, request);
    }

    Response finish()
    {
        Response response;
        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(boost::none);
        boost::system::error_code ec;
        http::read(*socket_, buffer, parser, ec);
        response.cut = ec.failed();
        if (parser.is_header_done()) {
            response.status = static_cast<int>(parser.get().result_int());
            for (const auto& field : parser.get())
                response.headers.emplace_back(field.name_string(), field.value());
            response.body = parser.get().body();
        }
        if (ec || !parser.get().keep_alive())
            socket_.reset();
        return response;
    }

private:
    void connect()
    {
        if (socket_)
            return;
        socket_.emplace(io_);
        socket_->connect({boost::asio::ip::make_address("127.0.0.1"), port_});
        socket_->set_option(boost::asio::ip::tcp::no_delay(true));
    }

    std::uint16_t port_;
    boost::asio::io_context io_;
    std::optional<boost::asio::ip::tcp::socket> socket_;
};

/// A simulator with the mailboxes of Ann (German) and Bob, and a client with a token.
struct Running {
    StillClock clock;
    ServerThread server{clock};
    Client client{server.port()};
    std::string token;
    const std::string ann = "ann@contoso.example", bob = "bob@contoso.example";
    const std::string immutable = "IdType=\"ImmutableId\"";

    Running()
    {
        server.run([&](Script& script) {
            script.create_mailbox({.upn = ann, .language = "de-DE"});
            script.create_mailbox({.upn = bob});
        });
        sign_in();
    }

    static std::string form(std::string_view secret)
    {
        return "client_id=535fb089-9ff3-47b6-9bfb-4f1264799865&scope=https%3A%2F%2F"
               "graph.microsoft.com%2F.default&grant_type=client_credentials&client_secret=" +
               std::string(secret);
    }

    void sign_in()
    {
        const Response response =
            client.send("POST", "/contoso.example/oauth2/v2.0/token", form("simulator-secret"),
                        {{"Content-Type", "application/x-www-form-urlencoded"}});
        token = response.json().at("access_token").as_string();
    }

    Response call(std::string method, std::string path, std::string body = {}, Headers headers = {})
    {
        headers.emplace_back("Authorization", "Bearer " + token);
        return client.send(std::move(method), "/v1.0" + path, std::move(body), std::move(headers));
    }
    Response get(std::string path, std::string prefer = {})
    {
        Headers headers;
        if (!prefer.empty())
            headers.emplace_back("Prefer", std::move(prefer));
        return call("GET", std::move(path), {}, std::move(headers));
    }
    /// Follows a link of an answer.
    Response follow(const json::value& page, std::string_view link, std::string prefer = {})
    {
        const std::string url{page.at(link).as_string()};
        return get(url.substr(url.find("/v1.0") + 5), std::move(prefer));
    }

    std::vector<ItemRef> deliver(Mail mail)
    {
        return server.run([&](Script& script) { return script.deliver(mail); });
    }
    ItemRef deliver_to_ann(std::string subject)
    {
        Mail mail;
        mail.from = Address{"Cora Kund", "cora@customer.example"};
        mail.to = {{"Ann", ann}};
        mail.subject = std::move(subject);
        mail.body = "<p>Hello</p>";
        return deliver(mail).front();
    }
    std::string inbox(std::string_view what = "/messages/delta") const
    {
        return "/users/" + ann + "/mailFolders('inbox')" + std::string(what);
    }
    std::string message(const ItemRef& item, std::string_view what = {}) const
    {
        return "/users/" + ann + "/messages/" + item.id + std::string(what);
    }

    /// All pages of a round: rows, and the delta link's page in `last`.
    std::vector<json::value> round(Response first, std::string prefer, json::value* last = nullptr)
    {
        std::vector<json::value> rows;
        Response page = std::move(first);
        for (int i = 0; i < 1000; ++i) {
            const json::value value = page.json();
            for (const json::value& row : value.at("value").as_array())
                rows.push_back(row);
            if (!value.as_object().contains("@odata.nextLink")) {
                if (last)
                    *last = value;
                return rows;
            }
            page = follow(value, "@odata.nextLink", prefer);
        }
        throw std::runtime_error("the round does not end");
    }
};

inline std::string text(const json::value& object, std::string_view name)
{
    return std::string(object.at(name).as_string());
}

inline bool removed(const json::value& row) { return row.as_object().contains("@removed"); }

} // namespace crmsync::sim::test
