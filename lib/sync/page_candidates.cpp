#include "sync/page_candidates.hpp"

#include "match/categories.hpp"
#include "match/decide.hpp"
#include "match/same_message.hpp"
#include "store/candidate_rows.hpp"
#include "store/labels.hpp"

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// Whether this mailbox could track the item itself: in mode manual an item without a category of
/// ours, and without a link, is nothing to it whoever wrote it.
bool may_be_tracked(const TurnContext& context, const Item& item, const KnownItem& known)
{
    if (context.mode() != Mode::manual || known.link || known.intent)
        return true;
    return item.categories.has_value() &&
           match::own_categories(*item.categories, context.rules->policy).any();
}

/// The living one.
const StoredMessage* stored(const Item& item, const Candidates& candidates)
{
    const StoredMessage* message = match::stored_message(item, candidates);
    return message && !message->deleted ? message : nullptr;
}

} // namespace

asio::awaitable<Candidates> find_page_candidates(const TurnContext& context,
                                                 const std::vector<Item>& items,
                                                 const std::map<std::string, KnownItem>& known,
                                                 const match::Circumstances& circumstances)
{
    const match::Policy& policy = context.rules->policy;
    CandidateQuery query;
    std::vector<const Item*> of_others;
    for (const Item& item : items) {
        const KnownItem& before = known.at(item.key.id);
        if (before.intent)
            query.merge(match::wanted(*before.intent, policy));
        if (before.link && !match::asks_crm(item, before, policy, circumstances))
            continue;
        if (may_be_tracked(context, item, before)) {
            query.merge(match::wanted(item, policy));
        } else if (context.show_shared() && item.thread.message_id.has_value()) {
            query.message_ids.insert(*item.thread.message_id);
            of_others.push_back(&item);
        }
    }
    Candidates found;
    if (query.empty())
        co_return found;
    auto connection = co_await context.pool.acquire();
    found = co_await store::find_candidates(*connection, query);
    if (!query.labels.empty())
        co_await store::find_published(*connection, context.mailbox.id, query.labels, found);

    std::vector<const Item*> unlinked;
    for (const Item& item : items)
        if (!known.at(item.key.id).link)
            unlinked.push_back(&item);
    co_await find_same_messages(*connection, unlinked, found);
    CandidateQuery rest;
    for (const Item* item : of_others)
        if (stored(*item, found))
            rest.merge(match::wanted(*item, policy));
    if (!rest.empty()) {
        Candidates more = co_await store::find_candidates(*connection, rest);
        found.merge(std::move(more));
    }

    std::set<std::string> here;
    for (const Item* item : unlinked)
        if (stored(*item, found))
            here.insert(*item->thread.message_id);
    if (!here.empty())
        co_await store::find_links_here(*connection, context.mailbox.id, here, found);
    co_return found;
}

asio::awaitable<void> find_same_messages(pg::Connection& connection,
                                         const std::vector<const Item*>& items, Candidates& found)
{
    std::set<std::string> reused;
    for (const Item* item : items) {
        const auto at = found.by_message_id.find(item->thread.message_id.value_or(""));
        if (at != found.by_message_id.end() && !match::is_same_message(*item, at->second))
            reused.insert(at->first);
    }
    co_await store::find_reused(connection, reused, found);
}

std::optional<std::string> unstored_message(const Item& item, const Candidates& candidates)
{
    if (!item.thread.message_id.has_value() || item.thread.message_id->empty() ||
        stored(item, candidates))
        return std::nullopt;
    return *item.thread.message_id;
}

} // namespace crmsync::sync
