#include "sync/explain_message.hpp"

#include "match/decide.hpp"
#include "match/explain.hpp"
#include "store/candidate_rows.hpp"
#include "store/known_items.hpp"
#include "store/labels.hpp"
#include "sync/looked_up.hpp"
#include "sync/page_candidates.hpp"
#include "sync/page_stops.hpp"
#include "sync/read_labels.hpp"

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

match::Circumstances circumstances_of(const TurnContext& context, const PageSource& source)
{
    match::Circumstances circumstances;
    circumstances.mailbox = context.mailbox.address;
    circumstances.mailbox_owner = context.mailbox.owner;
    circumstances.mode = context.mode();
    circumstances.sent_items = context.effective().sent_items.value;
    circumstances.first_pass = context.first_pass || source.missed_first_pass;
    if (const auto enabled_at = context.mailbox.enabled_at)
        circumstances.enabled_at = context.connector.by_providers_clock(*enabled_at);
    circumstances.now = context.clock.now();
    circumstances.round_done_at = source.round_done_at;
    circumstances.reads_again = source.reads_again;
    circumstances.folder = source.well_known;
    circumstances.listed = source.listed;
    circumstances.show_shared = context.show_shared();
    return circumstances;
}

/// Its own Message-ID, where the message is stored and this item has no link.
std::set<std::string> unlinked_message(const Item& item, const KnownItem& known,
                                       const Candidates& candidates)
{
    const std::string own = item.thread.message_id.value_or("");
    if (known.link || !candidates.by_message_id.contains(own))
        return {};
    return {own};
}

} // namespace

asio::awaitable<std::vector<ExplainedCopy>> explain_message(const TurnContext& context,
                                                            std::string message_id)
{
    std::vector<ExplainedCopy> copies;
    std::vector<Item> found = co_await context.connector.find_message(std::move(message_id));
    if (found.empty())
        co_return copies;

    // With transport headers, so that nothing is left open that a turn would look up.
    std::vector<ItemKey> keys;
    for (const Item& item : found)
        keys.push_back(item.key);
    const std::vector<std::optional<Item>> looks =
        co_await context.connector.look_at_headers(std::move(keys));

    store::Folders folders(context.pool);
    const store::FolderTree tree =
        co_await folders.tree(context.mailbox.id, context.connector.query_version());
    const match::FolderVerdicts verdicts = verdicts_of(tree, context.rules->policy);
    auto connection = co_await context.pool.acquire();
    for (const std::optional<Item>& look : looks) {
        if (!look)
            continue;
        const Item& item = *look;
        std::vector<store::KnownQuery> query(1);
        query.front().item_id = item.key.id;
        query.front().item_hmac = context.hash.item(item.key.id);
        if (item.thread.message_id.has_value())
            query.front().message_hmac = context.hash.message(*item.thread.message_id);
        query.front().happened_at = item.happened_at();
        auto known = co_await store::known_items(*connection, context.mailbox.id, query);
        const std::vector<Item> alone(1, item);
        co_await find_stops(context, alone, known);
        find_read_labels(alone, known, context.hash, context.rules->policy);
        const CandidateQuery wanted = match::wanted(item, context.rules->policy);
        Candidates candidates = co_await store::find_candidates(*connection, wanted);
        const std::vector<const Item*> only(1, &item);
        co_await find_same_messages(*connection, only, candidates);
        co_await store::find_published(*connection, context.mailbox.id, wanted.labels, candidates);
        const std::set<std::string> own = unlinked_message(item, known.at(item.key.id), candidates);
        if (!own.empty())
            co_await store::find_links_here(*connection, context.mailbox.id, own, candidates);
        const match::Circumstances circumstances =
            circumstances_of(context, source_of(item, tree, verdicts));

        ExplainedCopy copy;
        copy.item_id = item.key.id;
        copy.decision = match::decide(item, known.at(item.key.id), candidates,
                                      context.rules->policy, circumstances);
        copy.sentences =
            match::explain(copy.decision, item, candidates, context.rules->policy, circumstances);
        copies.push_back(std::move(copy));
    }
    co_return copies;
}

} // namespace crmsync::sync
