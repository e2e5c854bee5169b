#include "live/desk.hpp"

#include "base/uuid.hpp"
#include "net/url.hpp"

#include <fmt/format.h>

#include <iostream>
#include <stdexcept>
#include <utility>

namespace crmsync::live {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr const char* property = "String {5b2c9d1e-6a43-4f0b-9a57-0d6f3c1e8b24} Name question";
constexpr int most_looks = 24;
constexpr std::chrono::seconds between_looks(5);

const json::array& rows_of(const Reply& reply)
{
    static const json::array none;
    const json::object* members = reply.body.if_object();
    const json::value* value = members ? members->if_contains("value") : nullptr;
    return value && value->is_array() ? value->get_array() : none;
}

std::string text_of(const json::object& row, std::string_view name)
{
    const json::value* member = row.if_contains(name);
    return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

} // namespace

asio::awaitable<void> Desk::open()
{
    json::object folder;
    folder["displayName"] = "crmsync " + to_string(make_uuid(tenant_.clock().now()));
    const Reply made = co_await tenant_.post("/mailFolders", folder);
    folder_ = made.text("id");
    if (!made.done() || folder_.empty())
        throw std::runtime_error(fmt::format("no folder could be made in {}: status {}",
                                             tenant_.access().mailbox, made.status));
}

asio::awaitable<int> Desk::category(std::string name)
{
    json::object body;
    body.emplace("displayName", std::move(name));
    body["color"] = "none";
    const Reply made = co_await tenant_.post("/outlook/masterCategories", std::move(body));
    if (made.done())
        categories_.insert(made.text("id"));
    co_return made.status;
}

asio::awaitable<void> Desk::clear_categories()
{
    for (const std::string& id : categories_) {
        const Reply gone =
            co_await tenant_.ask(net::Method::delete_, "/outlook/masterCategories/" + id);
        if (!gone.done() && gone.status != 404)
            std::cerr << "category " << id << " could not be taken away: status " << gone.status
                      << '\n';
    }
    categories_.clear();
}

asio::awaitable<void> Desk::clear()
{
    co_await clear_categories();
    for (const std::string& id : messages_) {
        const Reply gone = co_await tenant_.post("/messages/" + id + "/permanentDelete", nullptr);
        if (!gone.done() && gone.status != 404)
            std::cerr << "message " << id << " could not be taken away: status " << gone.status
                      << '\n';
    }
    const Reply gone = co_await tenant_.ask(net::Method::delete_, "/mailFolders/" + folder_);
    if (!gone.done())
        std::cerr << "folder " << folder_ << " could not be taken away: status " << gone.status
                  << '\n';
}

asio::awaitable<std::string> Desk::message(bool is_private)
{
    json::object mail;
    mail["subject"] = "crmsync asks";
    mail["body"] = json::object{{"contentType", "text"}, {"content", "A question to Graph."}};
    json::array extended;
    extended.push_back(json::object{{"id", property}, {"value", "yes"}});
    if (is_private)
        extended.push_back(json::object{{"id", "Integer 0x36"}, {"value", "2"}});
    mail["singleValueExtendedProperties"] = std::move(extended);
    const Reply made = co_await tenant_.post("/mailFolders/" + folder_ + "/messages", mail);
    const std::string id = made.text("id");
    if (!made.done() || id.empty())
        throw std::runtime_error(fmt::format("no message could be made: status {}", made.status));
    messages_.insert(id);
    co_return id;
}

asio::awaitable<Reply> Desk::write_categories(std::string id, std::vector<std::string> names,
                                              net::Headers headers)
{
    json::object body;
    body["categories"] = json::value_from(names);
    co_return co_await tenant_.patch("/messages/" + id, std::move(body), std::move(headers));
}

asio::awaitable<std::vector<std::string>> Desk::categories_of(std::string id)
{
    const Reply reply = co_await tenant_.get("/messages/" + id + "?$select=id,categories");
    std::vector<std::string> names;
    const json::object* members = reply.body.if_object();
    if (members && members->contains("categories") && members->at("categories").is_array())
        for (const json::value& name : members->at("categories").get_array())
            names.emplace_back(name.is_string() ? std::string(name.get_string()) : "");
    co_return names;
}

asio::awaitable<std::string> Desk::read_to_the_end()
{
    std::string link = fmt::format("/mailFolders/{}/messages/delta?$select=subject,categories&"
                                   "$expand=singleValueExtendedProperties($filter=id%20eq%20'{}')",
                                   folder_, net::percent_encode(property));
    for (int page = 0; page < most_looks; ++page) {
        const Reply reply = co_await tenant_.get(link);
        if (!reply.text("@odata.deltaLink").empty())
            co_return reply.text("@odata.deltaLink");
        link = reply.text("@odata.nextLink");
        if (link.empty())
            break;
    }
    co_return "";
}

asio::awaitable<std::optional<json::object>> Desk::row_of(std::string link, std::string id)
{
    for (int look = 0; look < most_looks; ++look) {
        const Reply reply = co_await tenant_.get(link);
        for (const json::value& row : rows_of(reply))
            if (row.is_object() && text_of(row.get_object(), "id") == id)
                co_return row.get_object();
        const std::string next = reply.text("@odata.nextLink");
        link = next.empty() ? reply.text("@odata.deltaLink") : next;
        if (link.empty())
            break;
        if (next.empty())
            co_await tenant_.clock().sleep_for(between_looks);
    }
    co_return std::nullopt;
}

asio::awaitable<std::optional<json::object>> Desk::sent_copy(std::string id)
{
    for (int look = 0; look < most_looks; ++look) {
        const Reply reply = co_await tenant_.get(
            "/messages/" + id + "?$select=id,isDraft,categories,internetMessageId");
        const json::object* copy = reply.body.if_object();
        const json::value* draft = copy ? copy->if_contains("isDraft") : nullptr;
        if (reply.done() && draft && draft->is_bool() && !draft->get_bool()) {
            co_await note_copies(reply.text("internetMessageId"));
            co_return *copy;
        }
        co_await tenant_.clock().sleep_for(between_looks);
    }
    co_return std::nullopt;
}

asio::awaitable<void> Desk::note_copies(std::string message_id)
{
    const std::string filter = net::percent_encode("internetMessageId eq '" + message_id + "'");
    for (int look = 0; look < most_looks; ++look) {
        const Reply reply = co_await tenant_.get("/messages?$select=id&$filter=" + filter);
        for (const json::value& row : rows_of(reply))
            if (row.is_object())
                messages_.insert(text_of(row.get_object(), "id"));
        if (rows_of(reply).size() > 1)
            co_return; // the sent one and the one that came back
        co_await tenant_.clock().sleep_for(between_looks);
    }
}

} // namespace crmsync::live
