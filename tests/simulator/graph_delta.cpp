#include "simulator/cursor.hpp"
#include "simulator/graph.hpp"
#include "simulator/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::sim {

namespace {

constexpr std::size_t default_page = 10, largest_page = 1000, server_page = 37;
constexpr std::size_t filtered_limit = 5000;
constexpr std::size_t scanned_per_page = 20'000;

/// Only receivedDateTime ge|gt X may filter a delta (G-91).
std::optional<Timestamp> floor_of(const MessageQuery& query)
{
    if (query.filter.empty())
        return std::nullopt;
    const Comparison& only = query.filter.front();
    using enum Comparison::Operator;
    if (query.filter.size() != 1 || !same_name(only.property, "receivedDateTime") || !only.time ||
        (only.op != ge && only.op != gt))
        throw errors::invalid_filter();
    return only.op == ge ? *only.time : *only.time + std::chrono::microseconds(1);
}

/// With a filter the newest 5,000 come and older ones are silently missing (G-92).
Timestamp limited_floor(const Mailbox& mailbox, const Folder& folder, Timestamp floor)
{
    std::vector<Timestamp> times;
    for (const auto& [serial, item] : mailbox.items())
        if (item->folder == folder.serial && item->received >= floor)
            times.push_back(item->received);
    if (times.size() <= filtered_limit)
        return floor;
    const auto last = times.begin() + filtered_limit - 1;
    std::nth_element(times.begin(), last, times.end(), std::greater<>());
    return *last;
}

/// The one order there is (G-91).
bool wants_newest_first(const MessageQuery& query, const Switches& switches)
{
    if (query.order.empty())
        return false;
    const auto& [property, descending] = query.order.front();
    if (switches.refuse_delta_order || query.order.size() != 1 || !descending ||
        !same_name(property, "receivedDateTime"))
        throw errors::bad_request("The query option '$orderby' is not supported here.");
    return true;
}

std::uint64_t changed_since(const Item& item, std::uint64_t base)
{
    if (item.arrived > base || (item.history.size() == 8 && item.history.front().first > base))
        return ~0ULL;
    std::uint64_t bits = p_change_key;
    for (const auto& [change, properties] : item.history)
        if (change > base)
            bits |= properties;
    return bits;
}

/// One page: which entries of the log go out.
struct Page {
    std::vector<const Item*> items;
    std::vector<ChangeLog::Entry> removals;
    bool more = false;
};

/// An item that left and came back between two rounds is reported as removed only, and not again
/// until it changes: a known defect with immutable ids (G-100).
bool lost_on_return(const Item& item, std::uint64_t base)
{
    return item.change == item.arrived && item.earlier_left > base && item.earlier_arrived != 0 &&
           item.earlier_arrived <= base;
}

class Pager {
public:
    Pager(Mailbox& mailbox, const Folder& folder, Cursor& cursor, const MessageQuery& query,
          bool immutable)
        : mailbox_(mailbox), folder_(folder), cursor_(cursor), query_(query), immutable_(immutable)
    {}

    Page take(std::size_t size, std::uint64_t limit)
    {
        Page page;
        const auto& entries = folder_.log.entries();
        std::size_t at = folder_.log.after(cursor_.position);
        const std::size_t end = std::min(entries.size(), at + scanned_per_page);
        for (; at < end && entries[at].change <= limit &&
               page.items.size() + page.removals.size() < size;
             ++at) {
            cursor_.position = entries[at].change;
            if (entries[at].removed)
                removal(entries[at], page);
            else
                arrival(entries[at], page);
        }
        page.more = at < entries.size() && entries[at].change <= limit;
        if (!page.more)
            cursor_.position = std::max(cursor_.position, std::min(limit, mailbox_.change()));
        return page;
    }

private:
    bool asked_for(std::string_view type) const
    {
        return cursor_.base == 0 || query_.change_type.empty() || query_.change_type == type;
    }

    void removal(const ChangeLog::Entry& entry, Page& page)
    {
        if ((cursor_.base == 0 && entry.change <= cursor_.first_end) || !asked_for("deleted"))
            return;
        const Item* const item = mailbox_.item(entry.item);
        const bool back = item && item->folder == folder_.serial && item->arrived > entry.change;
        // Came after the round's begin, left and came back: under one id that is just an arrival.
        if (immutable_ && back && entry.arrived > cursor_.base)
            return;
        page.removals.push_back(entry);
    }

    void arrival(const ChangeLog::Entry& entry, Page& page)
    {
        const Item* const item = mailbox_.item(entry.item);
        if (!item || item->folder != folder_.serial || item->change != entry.change)
            return;
        if (item->received < cursor_.floor ||
            !asked_for(item->arrived > cursor_.base ? "created" : "updated") ||
            (immutable_ && lost_on_return(*item, cursor_.base)))
            return;
        page.items.push_back(item);
    }

    Mailbox& mailbox_;
    const Folder& folder_;
    Cursor& cursor_;
    const MessageQuery& query_;
    bool immutable_;
};

void append_removal(std::string& out, const Mailbox& mailbox, const Folder& folder,
                    const ChangeLog::Entry& entry, bool immutable)
{
    out += R"({"@odata.type":"#microsoft.graph.message","id":")";
    if (immutable)
        mailbox.ids().append_immutable(out, entry.item);
    else
        mailbox.ids().append_default(out, entry.item, folder.serial, entry.placement);
    out += R"(","@removed":{"reason":"deleted"}})";
}

} // namespace

Cursor Graph::first_cursor(Call& call, Folder& folder)
{
    const Query query = message_query(call);
    const std::string& text = call.request.query;
    Cursor cursor;
    cursor.mailbox = static_cast<std::uint32_t>(hash64(call.mailbox->id()));
    cursor.folder = folder.serial;
    cursor.epoch = folder.epoch;
    cursor.first_end = std::min(call.mailbox->change(), shown_until(*call.mailbox, folder));
    cursor.round = ++last_round_;
    cursor.newest_first = wants_newest_first(*query, switches);
    if (const auto floor = floor_of(*query))
        cursor.floor = limited_floor(*call.mailbox, folder, *floor);
    else
        cursor.floor = Timestamp::min();
    const auto [known, is_new] = cursor_query_numbers_.emplace(text, cursor_queries_.size());
    if (is_new)
        cursor_queries_.push_back(query);
    cursor.query = static_cast<std::uint32_t>(known->second);
    return cursor;
}

Cursor Graph::next_cursor(Call& call, Folder& folder, const MessageQuery& given)
{
    const bool next_page = !given.skip_token.empty();
    const auto read = read_cursor(next_page ? given.skip_token : given.delta_token);
    if (!read || read->mailbox != static_cast<std::uint32_t>(hash64(call.mailbox->id())) ||
        read->folder != folder.serial || read->query >= cursor_queries_.size())
        throw errors::sync_state_invalid();
    Cursor cursor = *read;
    bool expired = cursor.epoch != folder.epoch;
    if (next_page && !switches.keep_old_pages) {
        // The service keeps the latest few generations of a round (G-71).
        std::uint32_t& latest = rounds_[cursor.round];
        latest = std::max(latest, cursor.page);
        expired = expired || cursor.page + 2 < latest;
    }
    if (expired && switches.resync_with_location)
        throw GraphError{
            410,
            "resyncRequired",
            "Resync required.",
            {{"Location", fmt::format("{}/mailFolders('{}')/messages/delta?$deltatoken=",
                                      user_url(call), folder.id)}}};
    if (expired)
        throw errors::sync_state_gone();
    if (!next_page) {
        cursor.round = ++last_round_;
        cursor.page = cursor.sent = 0;
        if (switches.replay_rounds)
            cursor.position -= std::min<std::uint64_t>(cursor.position, 5);
    }
    return cursor;
}

std::uint64_t Graph::shown_until(const Mailbox& mailbox, const Folder& folder) const
{
    const auto held_folder = held_folders_.find(folder.id);
    if (held_folder != held_folders_.end())
        return held_folder->second;
    const auto held = held_at_.find(&mailbox);
    return switches.hold_changes && held != held_at_.end() ? held->second : ~0ULL;
}

Answer Graph::message_delta(Call& call, Folder& folder)
{
    Mailbox& mailbox = *call.mailbox;
    const Query given = message_query(call);
    Cursor cursor = given->skip_token.empty() && given->delta_token.empty()
                        ? first_cursor(call, folder)
                        : next_cursor(call, folder, *given);
    const Query query = cursor_queries_[cursor.query];
    if (rounds_.size() > 100'000)
        rounds_.clear();

    std::size_t size =
        std::clamp(call.preferences.page_size.value_or(default_page), std::size_t{1}, largest_page);
    if (switches.ignore_page_size)
        size = server_page;
    if (query->top) // a limit of the whole round, it turns out (G-53)
        size =
            std::min(default_page, *query->top - std::min<std::size_t>(cursor.sent, *query->top));
    const bool empty = switches.empty_page_every > 0 && cursor.page > 0 &&
                       cursor.page % switches.empty_page_every == 0;
    const std::uint64_t limit = shown_until(mailbox, folder);
    const std::uint64_t base = cursor.base;
    const bool immutable = call.preferences.immutable_ids;

    Page page;
    const bool in_order = cursor.newest_first && !empty;
    if (empty) {
        page.more = true;
    } else if (in_order) {
        page.items = newest_first_.take(mailbox, folder, cursor, size);
        page.more =
            cursor.newest_first || folder.log.after(cursor.position) < folder.log.entries().size();
        if (!page.more)
            cursor.position = mailbox.change();
    } else
        page = Pager(mailbox, folder, cursor, *query, immutable).take(size, limit);
    cursor.sent += static_cast<std::uint32_t>(page.items.size());
    if (query->top && cursor.sent >= *query->top) {
        page.more = false;
        cursor.position = mailbox.change();
    }
    // Without $orderby no order is promised. Removals go first, so that an item that left and came
    // back in one page ends as present.
    for (std::size_t i = page.items.size(); i > 1 && !in_order; --i) {
        shuffle_ = shuffle_ * 6364136223846793005ULL + 1442695040888963407ULL;
        std::swap(page.items[i - 1], page.items[(shuffle_ >> 33) % i]);
    }
    ++cursor.page;
    if (!page.more)
        cursor.base = cursor.position;

    MessageView view = view_of(call, *query);
    view.typed = true;
    const bool later = base > 0;
    if (later && switches.no_extended_in_later_rounds)
        view.extended = nullptr;
    std::string out = "{";
    out.reserve(256 + page.items.size() * 1024);
    append_name(out, "@odata.context");
    append_string(out, call.request.base + "/v1.0/$metadata#Collection(message)");
    append_name(out, page.more ? "@odata.nextLink" : "@odata.deltaLink");
    append_string(out,
                  fmt::format("{}/mailFolders('{}')/messages/delta?${}={}", user_url(call),
                              folder.id, page.more ? "skiptoken" : "deltatoken", cursor.text()));
    append_name(out, "value");
    out += '[';
    const auto next_row = [&] {
        if (out.back() != '[')
            out += ',';
    };
    for (const ChangeLog::Entry& entry : page.removals) {
        next_row();
        append_removal(out, mailbox, folder, entry, immutable);
    }
    const std::uint64_t properties = view.properties;
    for (std::size_t i = 0; i < page.items.size(); ++i) {
        next_row();
        if (later && switches.partial_delta_items)
            view.properties = properties & changed_since(*page.items[i], base);
        append_message(out, *page.items[i], view);
        if (switches.repeat_every > 0 && (i + 1) % switches.repeat_every == 0) {
            next_row();
            append_message(out, *page.items[i / 2], view);
        }
    }
    return json_answer(out + "]}");
}

} // namespace crmsync::sim
