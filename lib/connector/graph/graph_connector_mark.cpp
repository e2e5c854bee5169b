#include "base/text.hpp"
#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_purposes.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace crmsync::graph {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

bool success(const net::Response& response)
{
    return response.status >= 200 && response.status < 300;
}

/// Answers of a service, or a gateway, that does not know what it was asked for. The mark and the
/// directory are nothing the mailbox cannot be followed without.
bool knows_nothing_of_it(int status) { return status == 400 || status == 405 || status == 501; }

/// The value of our property among those that were expanded. Which one it is, its id says: the GUID
/// may come back in either case, and a service may give more than it was asked for.
std::string mark_in(const json::value& folder)
{
    const json::value* list = member(folder, "singleValueExtendedProperties");
    const json::array* properties = list ? list->if_array() : nullptr;
    if (properties)
        for (const json::value& property : *properties)
            if (same_word(text_at(property, "id").value_or(""), mark_property))
                return clean_utf8(text_at(property, "value").value_or(""));
    return {};
}

} // namespace

asio::awaitable<MarkAnswer> GraphConnector::read_mark()
{
    const Urls& urls = calls_.urls();
    net::Request request =
        Calls::request(net::Method::get, urls.url(urls.marked_folder_with_mark()));
    constexpr int tries_again = 0; // 501 is the answer of a service that has none
    const net::Response response =
        co_await calls_.send(std::move(request), purpose::mark, tries_again);
    if (success(response)) {
        const DocumentPtr document = parse_document(response.body);
        co_return MarkAnswer(mark_in(document->root()));
    }
    const GraphError error = classify(response, purpose::mark);
    if (!knows_nothing_of_it(response.status))
        throw failure_of(error, calls_.mailbox());
    NotOffered instead{error.message};
    co_return MarkAnswer(std::move(instead));
}

asio::awaitable<std::optional<NotOffered>> GraphConnector::leave_mark(std::string mark)
{
    json::object property;
    property["id"] = mark_property;
    property["value"] = mark;
    json::array properties;
    properties.emplace_back(std::move(property));
    json::object body;
    body["singleValueExtendedProperties"] = std::move(properties);

    const Urls& urls = calls_.urls();
    net::Request request =
        Calls::request(net::Method::patch, urls.url(urls.marked_folder()), "return=minimal");
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = json::serialize(body);
    constexpr int tries_again = 0;
    const net::Response response =
        co_await calls_.send(std::move(request), purpose::leave_mark, tries_again);
    std::optional<NotOffered> instead;
    if (success(response))
        co_return instead;
    const GraphError error = classify(response, purpose::leave_mark);
    // Also where the service lets nobody write to this folder (403), or not in this way (404).
    if (!knows_nothing_of_it(response.status) && response.status != 403 && response.status != 404)
        throw failure_of(error, calls_.mailbox());
    instead.emplace();
    instead->message = error.message;
    co_return instead;
}

asio::awaitable<AccountAnswer> GraphConnector::account(std::string object_id)
{
    const Urls& urls = calls_.urls();
    net::Request request = Calls::request(net::Method::get, urls.url(urls.account(object_id)));
    constexpr int tries_again = 0;
    const net::Response response =
        co_await calls_.send(std::move(request), purpose::account, tries_again);
    if (success(response)) {
        const DocumentPtr document = parse_document(response.body);
        Account account;
        account.object_id = clean_utf8(text_at(document->root(), "id").value_or(""));
        for (const char* key : {"mail", "userPrincipalName"}) {
            const auto address = parse_address(text_at(document->root(), key).value_or(""));
            if (address && std::find(account.addresses.begin(), account.addresses.end(),
                                     address->text) == account.addresses.end())
                account.addresses.push_back(address->text);
        }
        if (!account.object_id.empty())
            co_return AccountAnswer(std::move(account));
        NotOffered nothing{"the directory's answer names no account"};
        co_return AccountAnswer(std::move(nothing));
    }
    const GraphError error = classify(response, purpose::account);
    if (response.status == 404)
        co_return AccountAnswer(Gone{});
    // The permission for the directory is nothing a tenant has to give.
    if (!knows_nothing_of_it(response.status) && response.status != 403)
        throw failure_of(error, calls_.mailbox());
    NotOffered instead{error.message};
    co_return AccountAnswer(std::move(instead));
}

} // namespace crmsync::graph
