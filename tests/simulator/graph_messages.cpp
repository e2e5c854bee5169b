#include "base/text.hpp"
#include "simulator/extended_property.hpp"
#include "simulator/graph.hpp"
#include "simulator/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::sim {

namespace {

bool holds(const std::string& have, const Comparison& wanted)
{
    using enum Comparison::Operator;
    switch (wanted.op) {
    case eq:
        return same_folded(have, wanted.value);
    case ne:
        return !same_folded(have, wanted.value);
    case contains:
        return fold(have).find(fold(wanted.value)) != std::string::npos;
    case starts_with:
        return fold(have).starts_with(fold(wanted.value));
    default:
        throw errors::invalid_filter();
    }
}

bool holds(Timestamp have, const Comparison& wanted)
{
    using enum Comparison::Operator;
    if (!wanted.time)
        throw errors::invalid_filter();
    switch (wanted.op) {
    case eq:
        return have == *wanted.time;
    case ne:
        return have != *wanted.time;
    case ge:
        return have >= *wanted.time;
    case gt:
        return have > *wanted.time;
    case le:
        return have <= *wanted.time;
    case lt:
        return have < *wanted.time;
    default:
        throw errors::invalid_filter();
    }
}

bool holds(bool have, const Comparison& wanted)
{
    return have == same_name(wanted.value, "true") ? wanted.op == Comparison::Operator::eq
                                                   : wanted.op == Comparison::Operator::ne;
}

bool holds(const Mailbox& mailbox, const Item& item, const Comparison& wanted)
{
    const std::string_view name = wanted.property;
    if (name.starts_with("extended:")) {
        const auto value = extended_value(item, name.substr(9));
        return value && holds(*value, wanted);
    }
    if (same_name(name, "categories/any"))
        return std::any_of(item.categories.begin(), item.categories.end(),
                           [&](const std::string& c) { return holds(c, wanted); });
    if (same_name(name, "internetMessageId"))
        return item.message_id == wanted.value;
    if (same_name(name, "conversationId"))
        return mailbox.ids().conversation(item.conversation) == wanted.value;
    if (same_name(name, "subject"))
        return holds(item.subject, wanted);
    if (same_name(name, "from/emailAddress/address"))
        return item.from && holds(item.from->address, wanted);
    if (same_name(name, "sender/emailAddress/address"))
        return item.sender && holds(item.sender->address, wanted);
    if (same_name(name, "importance"))
        return holds(item.importance, wanted);
    if (same_name(name, "receivedDateTime"))
        return holds(item.received, wanted);
    if (same_name(name, "sentDateTime"))
        return holds(item.sent, wanted);
    if (same_name(name, "lastModifiedDateTime"))
        return holds(item.modified, wanted);
    if (same_name(name, "createdDateTime"))
        return holds(item.created, wanted);
    if (same_name(name, "isRead"))
        return holds(item.is_read, wanted);
    if (same_name(name, "isDraft"))
        return holds(item.is_draft, wanted);
    if (same_name(name, "hasAttachments"))
        return holds(item.has_real_attachments(), wanted);
    throw errors::invalid_filter();
}

Timestamp order_key(const Item& item, std::string_view name)
{
    if (same_name(name, "sentDateTime"))
        return item.sent;
    if (same_name(name, "lastModifiedDateTime"))
        return item.modified;
    if (same_name(name, "createdDateTime"))
        return item.created;
    return item.received;
}

void sort_items(std::vector<const Item*>& items, const MessageQuery& query)
{
    std::string_view by = "receivedDateTime";
    bool descending = true;
    if (!query.order.empty()) {
        by = query.order.front().first;
        descending = query.order.front().second;
    }
    std::sort(items.begin(), items.end(), [&](const Item* a, const Item* b) {
        if (same_name(by, "subject") && a->subject != b->subject)
            return (a->subject < b->subject) != descending;
        const Timestamp x = order_key(*a, by), y = order_key(*b, by);
        return x != y ? (x < y) != descending : a->serial < b->serial;
    });
}

/// Properties of $orderby must be the first of $filter, in the same order (G-58).
void check_order(const MessageQuery& query)
{
    if (query.filter.empty())
        return;
    for (std::size_t i = 0; i < query.order.size(); ++i)
        if (i >= query.filter.size() || !same_name(query.filter[i].property, query.order[i].first))
            throw errors::inefficient_filter();
}

/// What some mailboxes refuse.
void check_switches(const MessageQuery& query, const Switches& switches)
{
    for (const Comparison& one : query.filter)
        if ((switches.refuse_category_filter && same_name(one.property, "categories/any")) ||
            (switches.refuse_modified_filter && same_name(one.property, "lastModifiedDateTime")))
            throw errors::inefficient_filter();
}

} // namespace

Graph::Query Graph::message_query(Call& call)
{
    const std::string& text = call.request.query;
    if (const auto known = queries_.find(text); known != queries_.end())
        return known->second;
    auto query = std::make_shared<const MessageQuery>(parse_message_query(text));
    // A filter names one message: it is not asked twice.
    if (query->filter.empty() && query->skip_token.empty() && query->delta_token.empty()) {
        if (queries_.size() > 1000)
            queries_.clear();
        queries_.emplace(text, query);
    }
    return query;
}

std::uint64_t Graph::shown(const Call& call, const MessageQuery& query) const
{
    const bool basic = switches.check_permissions && !(call.roles & (mail_read | mail_write));
    if (!basic)
        return query.properties();
    if ((query.select && *query.select & beyond_basic) || !query.extended.empty() ||
        query.expand_attachments)
        throw errors::access_denied();
    return query.properties() & ~beyond_basic;
}

Item& Graph::item_named(Call& call, std::string_view id)
{
    ItemId read;
    if (call.mailbox->ids().read_item(id, read) == IdForms::Reading::malformed)
        throw errors::malformed_id();
    Item* const item = call.mailbox->find_item(id);
    if (!item)
        throw errors::item_not_found();
    return *item;
}

MessageView Graph::view_of(Call& call, const MessageQuery& query) const
{
    return {.mailbox = *call.mailbox,
            .immutable_ids = call.preferences.immutable_ids,
            .text_body = call.preferences.text_body,
            .properties = shown(call, query),
            .extended = &query.extended,
            .attachments = query.expand_attachments ? &query.attachments : nullptr,
            .lower_case_ids = switches.lower_case_property_ids,
            .reverse_categories = switches.reverse_categories};
}

std::string Graph::message_context(const Call& call, const MessageQuery& query) const
{
    std::string context = call.request.base;
    context += "/v1.0/$metadata#users('";
    context += call.mailbox->id();
    context += "')/messages";
    if (query.select) {
        context += '(';
        context += query.select_text;
        context += ')';
    }
    return context;
}

Answer Graph::route_messages(Call& call, std::size_t at, Folder* folder)
{
    const std::string_view id = call.word(at);
    if (id.empty()) {
        if (call.is("POST"))
            return create_draft(call, folder ? *folder : *call.mailbox->well_known("drafts"));
        return list_messages(call, folder);
    }
    if (id == "delta") {
        if (!folder) // there is no delta of a whole mailbox in v1.0 (G-90)
            throw errors::bad_request("Unsupported request. Change tracking is not supported "
                                      "against 'microsoft.graph.message' of a mailbox.");
        return message_delta(call, *folder);
    }
    return route_message(call, at);
}

Answer Graph::route_message(Call& call, std::size_t at)
{
    const std::string_view what = call.word(at + 1);
    if (what.empty()) {
        Item& item = item_named(call, call.word(at));
        if (call.is("GET"))
            return get_message(call, item);
        return call.is("PATCH") ? patch_message(call, item) : delete_message(call, item);
    }
    Item& item = item_named(call, call.word(at));
    if (same_name(what, "attachments"))
        return route_attachments(call, item, at + 2);
    if (what == "$value") {
        Answer answer;
        answer.kind = Answer::Kind::text;
        answer.body = mime_of(item);
        return answer;
    }
    if (same_name(what, "move") || same_name(what, "copy"))
        return move_message(call, item);
    if (same_name(what, "send"))
        return send_draft(call, item);
    if (same_name(what, "permanentDelete")) {
        call.mailbox->erase(item);
        return no_content();
    }
    return create_answer(call, item, what);
}

Answer Graph::get_message(Call& call, Item& item)
{
    const Query query = message_query(call);
    MessageView view = view_of(call, *query);
    const std::string context = message_context(call, *query) + "/$entity";
    view.context = context;
    Answer answer;
    answer.body.reserve(1024 + (view.properties & p_body ? item.body.view().size() + 512 : 0));
    append_message(answer.body, item, view);
    answer.headers.emplace_back("ETag", etag(*call.mailbox, item));
    return answer;
}

Answer Graph::show_message(Call& call, const Item& item, int status)
{
    const MessageQuery everything;
    MessageView view = view_of(call, everything);
    const std::string context = message_context(call, everything) + "/$entity";
    view.context = context;
    // What came to lie elsewhere is shown with its type, as the documentation's example has it.
    view.typed = call.entry.operation == "message.move" || call.entry.operation == "message.copy";
    Answer answer;
    answer.status = status;
    append_message(answer.body, item, view);
    return answer;
}

Answer Graph::list_messages(Call& call, const Folder* folder)
{
    const Query query = message_query(call);
    check_order(*query);
    check_switches(*query, switches);
    std::vector<const Item*> found;
    const auto consider = [&](const Item& item) {
        for (const Comparison& wanted : query->filter)
            if (!holds(*call.mailbox, item, wanted))
                return;
        if (!folder || item.folder == folder->serial)
            found.push_back(&item);
    };
    const bool by_message_id = !query->filter.empty() &&
                               same_name(query->filter.front().property, "internetMessageId") &&
                               query->filter.front().op == Comparison::Operator::eq;
    if (by_message_id)
        for (const Item* const item : call.mailbox->with_message_id(query->filter.front().value))
            consider(*item);
    else
        for (const auto& [serial, item] : call.mailbox->items())
            consider(*item);
    sort_items(found, *query);

    const std::size_t page = std::clamp<std::size_t>(
        query->top.value_or(call.preferences.page_size.value_or(10)), 1, 1000);
    std::string out = "{";
    append_name(out, "@odata.context");
    append_string(out, message_context(call, *query));
    if (query->count) {
        append_name(out, "@odata.count");
        append_number(out, found.size());
    }
    if (query->skip + page < found.size()) {
        // The client's own text with another $skip: opaque to it, simple to us.
        std::string next =
            fmt::format("{}/v1.0{}?", call.request.base,
                        call.request.target.substr(0, call.request.target.find('?')));
        for (const std::string_view pair : split(call.request.query, '&'))
            if (!pair.empty() && !pair.starts_with("$skip=") && !pair.starts_with("%24skip="))
                next += std::string(pair) + '&';
        append_name(out, "@odata.nextLink");
        append_string(out, next + fmt::format("%24skip={}", query->skip + page));
    }
    append_name(out, "value");
    out += '[';
    const MessageView view = view_of(call, *query);
    for (std::size_t i = query->skip; i < found.size() && i < query->skip + page; ++i) {
        if (out.back() != '[')
            out += ',';
        append_message(out, *found[i], view);
    }
    return json_answer(out + "]}");
}

} // namespace crmsync::sim
