#include "sync/page_candidates.hpp"

#include "match/categories.hpp"
#include "match/decide.hpp"
#include "store/candidate_rows.hpp"

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

const StoredMessage* stored(const Item& item, const Candidates& candidates)
{
    if (!item.thread.message_id.has_value())
        return nullptr;
    const auto at = candidates.by_message_id.find(*item.thread.message_id);
    const bool found = at != candidates.by_message_id.end() && !at->second.deleted;
    return found ? &at->second : nullptr;
}

} // namespace

asio::awaitable<Candidates> find_page_candidates(const TurnContext& context,
                                                 const std::vector<Item>& items,
                                                 const std::map<std::string, KnownItem>& known)
{
    const match::Policy& policy = context.rules->policy;
    CandidateQuery query;
    std::vector<const Item*> of_others;
    for (const Item& item : items) {
        const KnownItem& before = known.at(item.key.id);
        if (before.intent)
            query.merge(match::wanted(*before.intent, policy));
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

    CandidateQuery rest;
    for (const Item* item : of_others)
        if (stored(*item, found))
            rest.merge(match::wanted(*item, policy));
    if (!rest.empty()) {
        Candidates more = co_await store::find_candidates(*connection, rest);
        found.merge(std::move(more));
    }

    std::set<std::string> unlinked;
    for (const Item& item : items)
        if (!known.at(item.key.id).link && stored(item, found))
            unlinked.insert(*item.thread.message_id);
    if (!unlinked.empty())
        co_await store::find_links_here(*connection, context.mailbox.id, unlinked, found);
    co_return found;
}

std::optional<std::string> unstored_message(const Item& item, const Candidates& candidates)
{
    if (!item.thread.message_id.has_value() || item.thread.message_id->empty() ||
        stored(item, candidates))
        return std::nullopt;
    return *item.thread.message_id;
}

} // namespace crmsync::sync
