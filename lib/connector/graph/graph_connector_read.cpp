#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "connector/graph/graph_body.hpp"
#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_message.hpp"
#include "connector/graph/graph_purposes.hpp"
#include "net/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

constexpr std::string_view body_query =
    "$select=id,changeKey,body,hasAttachments&"
    "$expand=attachments($select=id,name,contentType,size,isInline)";
constexpr std::string_view body_only_query = "$select=id,changeKey,body";
constexpr int most_found_pages = 20;

/// The literal 'text' of an OData filter.
std::string quoted(std::string_view text)
{
    std::string literal = "'";
    for (const char c : text)
        literal += c == '\'' ? std::string("''") : std::string(1, c);
    return literal + "'";
}

std::string without_brackets(std::string_view id)
{
    id = trim(id);
    if (id.starts_with('<') && id.ends_with('>') && id.size() > 1)
        id = id.substr(1, id.size() - 2);
    return std::string(id);
}

std::string has_message_id(const std::string& id)
{
    return "internetMessageId eq " + quoted("<" + id + ">");
}

/// Whether the expansion lists them all: some servers page it, some leave it out.
bool lists_attachments(const boost::json::value& message)
{
    if (member(message, "attachments@odata.nextLink"))
        return false;
    const boost::json::value* any = member(message, "hasAttachments");
    return member(message, "attachments") || !any || !any->is_bool() || !any->as_bool();
}

/// Values of extended properties are compared without case (G-321).
std::string has_property(std::string_view tag, const std::string& condition)
{
    return fmt::format("singleValueExtendedProperties/any(ep: ep/id eq 'String {}' and {})", tag,
                       condition);
}

/// An item that Graph lists and cannot read, now or ever: it is told, so that it can be parked.
Item unreadable(const ItemKey& key, const GraphError& error)
{
    Item item;
    item.key = key;
    item.detail = Message{};
    item.unreadable = error.name;
    item.unreadable_for_now = error.transient();
    return item;
}

/// What a success without a message in it amounts to.
GraphError no_message()
{
    GraphError error;
    error.reaction = Reaction::retry;
    error.name = "graph.unreadable_answer";
    error.message = "Graph answered something that is no message";
    return error;
}

BodyRefused refused(const GraphError& error)
{
    return {error.name, error.message, error.transient()};
}

/// Whoever refuses one message may grant it later.
GraphError for_now(GraphError error)
{
    error.reaction = Reaction::retry;
    return error;
}

} // namespace

// -- phase 1, by id ----------------------------------------------------------------------------

asio::awaitable<std::vector<std::optional<Item>>>
GraphConnector::look(std::vector<ItemKey> keys, bool with_headers, Purpose purpose)
{
    const std::string query = phase1_query(with_headers);
    const Completeness completeness = with_headers ? Completeness::headers : Completeness::by_id;
    std::vector<Part> parts;
    parts.reserve(keys.size());
    for (const ItemKey& key : keys)
        parts.push_back(get_part(calls_.urls().message(key.id, query)));

    std::vector<std::optional<Item>> items(keys.size());
    std::map<std::size_t, GraphError> denied; // of all, unless others are granted
    Calls::Use use = [&](std::size_t index, const PartAnswer& answer) {
        if (answer.success()) {
            grants_looks_ = true;
            items[index] = read_message(answer.body(), mailbox_, completeness);
            if (!items[index])
                items[index] = unreadable(keys[index], no_message());
            items[index]->key = keys[index]; // as asked, should the id come back in another form
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose);
        if (error.finding == Finding::gone)
            return;
        if (error.name == "graph.access_denied")
            denied.emplace(index, error);
        else if (stops_reading(error))
            give_up(error, answer);
        else
            items[index] = unreadable(keys[index], error);
    };
    co_await calls_.batch(std::move(parts), purpose, Bodies::kept, std::move(use));
    for (const auto& [index, error] : denied) {
        if (!is_its_own(error, grants_looks_))
            throw failure_of(error, calls_.mailbox(), std::nullopt);
        items[index] = unreadable(keys[index], for_now(error));
    }
    co_return items;
}

asio::awaitable<std::vector<std::optional<Item>>> GraphConnector::look_up(std::vector<ItemKey> keys)
{
    return look(std::move(keys), false, purpose::look_up);
}

asio::awaitable<std::vector<std::optional<Item>>>
GraphConnector::look_at_headers(std::vector<ItemKey> keys)
{
    return look(std::move(keys), true, purpose::headers);
}

asio::awaitable<std::vector<Item>> GraphConnector::find(std::string filter, Purpose purpose)
{
    std::string url = calls_.urls().url(calls_.urls().messages(
        "$filter=" + net::percent_encode(filter) + "&$top=50&" + phase1_query()));

    std::vector<Item> found;
    for (int page = 0; page < most_found_pages && !url.empty(); ++page) {
        refuse_foreign(url, calls_.urls());
        const DocumentPtr document = co_await calls_.get(std::move(url), purpose);
        url = text_at(document->root(), "@odata.nextLink").value_or("");
        const boost::json::value* value = member(document->root(), "value");
        const boost::json::array* rows = value ? value->if_array() : nullptr;
        if (!rows)
            throw Failure(Reaction::retry, "graph.unreadable_answer",
                          "Graph's answer to a search holds no list of messages");
        for (const boost::json::value& row : *rows)
            if (auto item = read_message(row, mailbox_, Completeness::by_id))
                found.push_back(std::move(*item));
    }
    co_return found;
}

asio::awaitable<std::vector<Item>> GraphConnector::find_message(std::string message_id)
{
    // Whether the service compares with or without case is not documented, and senders write the
    // domain in either: some copies may be found as written only, others only as normalised.
    const std::string written = without_brackets(message_id);
    const std::string normal = normal_message_id(message_id);
    std::vector<Item> found = co_await find(has_message_id(written), purpose::find);
    if (normal != written) {
        std::set<std::string> ids;
        for (const Item& item : found)
            ids.insert(item.key.id);
        std::vector<Item> more = co_await find(has_message_id(normal), purpose::find);
        for (Item& item : more)
            if (ids.insert(item.key.id).second)
                found.push_back(std::move(item));
    }
    if (!found.empty())
        co_return found;
    try {
        // Whoever asks by what is stored knows no capitals of the domain: Exchange's own ids have
        // some. Values of properties are compared without case (G-321).
        const std::string same = "ep/value eq " + quoted("<" + normal + ">");
        found = co_await find(has_property("0x1035", same), purpose::find);
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::set_aside) // "too complex": see G-168
            throw;
        log::info(log::Area::graph, "Message-IDs cannot be searched without case in this mailbox",
                  {{"mailbox", mailbox_.value}, {"failure", failure.name()}});
    }
    std::erase_if(found,
                  [&](const Item& item) { return item.thread.message_id.value_or("") != normal; });
    co_return found;
}

asio::awaitable<std::vector<Item>> GraphConnector::find_replies(std::string message_id)
{
    const std::string id = quoted("<" + without_brackets(message_id) + ">");
    std::vector<Item> found;
    const auto add = [&](std::vector<Item> more) {
        std::move(more.begin(), more.end(), std::back_inserter(found));
    };
    // In-Reply-To may say more than the id. Some name it in References alone: they answer an answer
    // that is not here, or were written by a program that knows no In-Reply-To.
    try {
        add(co_await find(has_property("0x1042", "contains(ep/value, " + id + ")"),
                          purpose::replies));
        add(co_await find(has_property("0x1039", "contains(ep/value, " + id + ")"),
                          purpose::replies));
        co_return found;
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::set_aside) // "too complex": see G-168
            throw;
        log::warn(log::Area::graph, "only answers to the id alone can be searched in this mailbox",
                  {{"mailbox", mailbox_.value}, {"failure", failure.name()}});
    }
    add(co_await find(has_property("0x1042", "ep/value eq " + id), purpose::replies));
    co_return found;
}

// -- phase 2 -----------------------------------------------------------------------------------

asio::awaitable<std::vector<BodyAnswer>>
GraphConnector::fetch_whole(const std::vector<ItemKey>& keys, std::vector<std::size_t>& again)
{
    std::vector<Part> parts;
    parts.reserve(keys.size());
    for (const ItemKey& key : keys)
        parts.push_back(get_part(calls_.urls().message(key.id, body_query)));

    std::vector<BodyAnswer> answers(keys.size(), BodyAnswer(Gone{}));
    std::map<std::size_t, GraphError> denied; // of all, unless others are granted
    Calls::Use use = [&](std::size_t index, const PartAnswer& answer) {
        if (answer.success()) {
            grants_bodies_ = true;
            std::optional<FetchedBody> body = read_body(answer.body(), mailbox_);
            if (!body || !lists_attachments(answer.body())) {
                again.push_back(index);
                return;
            }
            body->key = keys[index];
            answers[index] = std::move(*body);
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose::bodies);
        if (error.finding == Finding::gone)
            return;
        if (asks_to_wait(error, answer))
            answers[index] = deferred(error, answer);
        else if (error.finding == Finding::throttled)
            answers[index] = refused(error);
        else if (error.name == "graph.access_denied")
            denied.emplace(index, error);
        else if (is_mailbox_wide(error))
            give_up(error, answer);
        else // many attachments break the expansion, and two requests work (G-158)
            again.push_back(index);
    };
    co_await calls_.batch(std::move(parts), purpose::bodies, Bodies::kept, std::move(use));
    for (const auto& [index, error] : denied) {
        if (!is_its_own(error, grants_bodies_))
            throw failure_of(error, calls_.mailbox(), std::nullopt);
        answers[index] = refused(for_now(error));
    }
    co_return answers;
}

asio::awaitable<void> GraphConnector::fetch_in_two(const std::vector<ItemKey>& keys,
                                                   const std::vector<std::size_t>& which,
                                                   std::vector<BodyAnswer>& answers)
{
    std::vector<Part> parts; // body and attachments of each, in turn
    for (const std::size_t index : which) {
        parts.push_back(get_part(calls_.urls().message(keys[index].id, body_only_query)));
        parts.push_back(get_part(calls_.urls().attachments(keys[index].id)));
    }
    struct Halves {
        std::optional<FetchedBody> body;
        std::optional<std::vector<AttachmentHead>> attachments;
        std::string more;                  ///< where the list of attachments goes on
        std::optional<BodyAnswer> instead; ///< what is wrong with one of them
    };
    std::vector<Halves> halves(which.size());
    Calls::Use use = [&](std::size_t part, const PartAnswer& answer) {
        Halves& both = halves[part / 2];
        if (answer.success()) {
            if (part % 2 == 0)
                both.body = read_body(answer.body(), mailbox_);
            else {
                both.attachments = read_attachments(member(answer.body(), "value"));
                both.more = text_at(answer.body(), "@odata.nextLink").value_or("");
            }
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose::bodies);
        if (error.finding == Finding::gone)
            both.instead = Gone{};
        else if (asks_to_wait(error, answer))
            both.instead = deferred(error, answer);
        else if (is_its_own(error, grants_bodies_))
            both.instead = refused(for_now(error));
        else if (is_mailbox_wide(error) && error.finding != Finding::throttled)
            give_up(error, answer);
        else if (!both.instead)
            both.instead = refused(error);
    };
    co_await calls_.batch(std::move(parts), purpose::bodies, Bodies::kept, std::move(use));

    for (std::size_t i = 0; i < which.size(); ++i) {
        Halves& both = halves[i];
        BodyAnswer& answer = answers[which[i]];
        if (both.instead) {
            answer = std::move(*both.instead);
        } else if (both.body && both.attachments) {
            co_await read_further(std::move(both.more), *both.attachments);
            both.body->key = keys[which[i]];
            both.body->attachments = std::move(*both.attachments);
            answer = std::move(*both.body);
        } else {
            answer = BodyRefused{"graph.unreadable_answer",
                                 "Graph answered something that is no message", false};
        }
    }
}

asio::awaitable<void> GraphConnector::read_further(std::string url,
                                                   std::vector<AttachmentHead>& attachments)
{
    for (int page = 0; page < most_found_pages && !url.empty(); ++page) {
        refuse_foreign(url, calls_.urls());
        DocumentPtr document;
        try {
            document = co_await calls_.get(std::move(url), purpose::bodies);
        } catch (const Failure& failure) {
            if (failure.reaction() != Reaction::set_aside) // such links are said not to work (G-55)
                throw;
            log::warn(log::Area::graph, "a list of attachments cannot be read to its end",
                      {{"mailbox", mailbox_.value}, {"failure", failure.name()}});
            co_return;
        }
        auto more = read_attachments(member(document->root(), "value"));
        if (!more)
            co_return;
        std::move(more->begin(), more->end(), std::back_inserter(attachments));
        url = text_at(document->root(), "@odata.nextLink").value_or("");
    }
}

asio::awaitable<std::vector<BodyAnswer>> GraphConnector::fetch(std::vector<ItemKey> accepted)
{
    std::vector<std::size_t> again;
    std::vector<BodyAnswer> answers = co_await fetch_whole(accepted, again);
    if (!again.empty())
        co_await fetch_in_two(accepted, again, answers);
    co_return answers;
}

} // namespace crmsync::graph
