#include "sync/page_handler.hpp"

#include "base/failure.hpp"
#include "match/categories.hpp"
#include "match/decide.hpp"
#include "match/decision_input.hpp"
#include "match/rules.hpp"
#include "store/candidate_rows.hpp"
#include "store/known_items.hpp"
#include "sync/page_candidates.hpp"
#include "sync/page_stops.hpp"
#include "sync/pending_attachments.hpp"
#include "sync/read_labels.hpp"
#include "sync/tracked_chunks.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// How often an item that changes under our hands is decided again before it is put aside for
/// later.
constexpr int most_rounds = 4;

/// Of an item that only the folder's row tells of, since it cannot be read itself: enough to know
/// whether a person asked, and to answer.
void keep_what_was_told(Item& unreadable, Item row)
{
    unreadable.version = std::move(row.version);
    unreadable.folder = std::move(row.folder);
    unreadable.categories = std::move(row.categories);
    unreadable.uncleaned_categories = std::move(row.uncleaned_categories);
}

bool is_draft(const Item& item)
{
    const auto* message = std::get_if<Message>(&item.detail);
    return message && message->draft.value_or(false);
}

} // namespace

std::vector<Change> latest(std::vector<Change> changes)
{
    std::unordered_map<std::string, std::size_t> last;
    for (std::size_t i = 0; i < changes.size(); ++i)
        last[changes[i].key.id] = i;
    std::vector<Change> kept;
    kept.reserve(last.size());
    for (std::size_t i = 0; i < changes.size(); ++i)
        if (last[changes[i].key.id] == i)
            kept.push_back(std::move(changes[i]));
    return kept;
}

PlanFacts PageHandler::facts() const { return facts_of(context_); }

asio::awaitable<PageReport> PageHandler::handle(std::vector<Change> changes, PageSource source,
                                                std::optional<Progress> progress)
{
    PageReport report;
    report.changes = static_cast<int>(changes.size());

    changes = latest(std::move(changes));
    if (progress) // who looks an item up wants to know
        leave_out_echoes(changes);
    Plan plan;
    std::vector<Item> items = co_await present_items(std::move(changes), source, plan);
    for (int round = 1; !items.empty(); ++round) {
        std::vector<Decided> outdated;
        std::vector<PageGroup> groups = co_await by_folder(context_, std::move(items), source);
        for (PageGroup& group : groups) {
            std::vector<Decided> some =
                co_await decide_and_store(std::move(group.items), group.source, plan, report);
            std::ranges::move(some, std::back_inserter(outdated));
        }
        items.clear();
        if (outdated.empty())
            break;
        if (round == most_rounds) {
            for (const Decided& one : outdated)
                plan_parked(plan, one, "item.changing", true, facts());
            break;
        }
        items = co_await read_again(outdated);
    }
    if (progress || !plan.empty())
        co_await commit_chunk(context_, std::move(plan), std::move(progress), report);
    co_return report;
}

asio::awaitable<std::vector<Decided>> PageHandler::decide_and_store(std::vector<Item> items,
                                                                    const PageSource& source,
                                                                    Plan& plan, PageReport& report)
{
    Candidates candidates;
    std::vector<Decided> decided = co_await decide(std::move(items), source, candidates);
    std::vector<Decided> outdated = co_await look_at_headers(decided, source, candidates);

    std::vector<Decided> accepted, waiting, joining;
    for (Decided& one : decided) {
        if (!one.item.unreadable.empty()) {
            plan_parked(plan, one, one.item.unreadable, one.item.unreadable_for_now, facts());
            continue;
        }
        if (context_.observe)
            context_.observe(one.item, one.decision);
        if (context_.memory && one.decision.writes_answer)
            context_.memory->own.expect(one.item, context_.clock.now());
        if (one.wants_body()) {
            accepted.push_back(std::move(one));
            continue;
        }
        if (one.joins()) {
            joining.push_back(std::move(one));
            continue;
        }
        plan_decided(plan, one, facts());
        if (one.wants_attachments())
            waiting.push_back(std::move(one));
    }
    co_await settle_attachments(context_, std::move(waiting));
    co_await store_shared(context_, std::move(joining), candidates, plan, report);
    std::vector<Decided> changed =
        co_await store_tracked(context_, std::move(accepted), candidates, plan, report);
    std::ranges::move(changed, std::back_inserter(outdated));
    co_return outdated;
}

asio::awaitable<std::vector<Item>> PageHandler::read_again(const std::vector<Decided>& outdated)
{
    std::vector<ItemKey> keys;
    for (const Decided& one : outdated)
        keys.push_back(one.item.key);
    std::vector<std::optional<Item>> looks = co_await context_.connector.look_up(std::move(keys));
    std::vector<Item> items;
    for (std::optional<Item>& look : looks)
        if (look)
            items.push_back(std::move(*look));
    co_return items;
}

void PageHandler::leave_out_echoes(std::vector<Change>& changes) const
{
    if (!context_.memory)
        return;
    const Timestamp now = context_.clock.now();
    std::erase_if(changes, [&](const Change& change) {
        return change.item && context_.memory->own.is_echo(*change.item, now);
    });
}

/// The items of a page as they are now. A removal is believed only of an item we know, and only
/// after a look (G-65, G-98 to G-100): most of the time it has moved, or is still there.
asio::awaitable<std::vector<Item>> PageHandler::present_items(std::vector<Change> changes,
                                                              const PageSource& source, Plan& plan)
{
    std::vector<Item> items;
    std::vector<Item> removed;
    std::vector<ItemKey> incomplete;
    std::map<std::string, Item> told;
    for (Change& change : changes) {
        if (change.removed()) {
            Item only_key;
            only_key.key = change.key;
            removed.push_back(std::move(only_key));
        } else if (change.item->unreadable.empty() && !change.item->complete()) {
            incomplete.push_back(change.key);
            told.emplace(change.key.id, std::move(*change.item));
        } else {
            items.push_back(std::move(*change.item));
        }
    }

    std::vector<ItemKey> asked = std::move(incomplete);
    std::map<std::string, KnownItem> known_removed;
    if (!removed.empty())
        known_removed = co_await known(removed);
    for (const Item& item : removed) {
        const KnownItem& before = known_removed[item.key.id];
        // One that is linked nowhere may have come back with a tag meanwhile, which nobody would
        // tell (G-100). That is not what happens to a thousand at once: those show where they are
        // now.
        if (before.link || before.parked || before.intent || (before.outcome && !source.many_left))
            asked.push_back(item.key);
    }
    if (asked.empty())
        co_return items;

    std::vector<std::optional<Item>> looks = co_await context_.connector.look_up(asked);
    bool strange = false; // an item was told of a moment ago, and is not there
    for (std::size_t i = 0; i < looks.size(); ++i)
        strange = strange || (!looks[i] && told.contains(asked[i].id));
    if (strange)
        co_await context_.expect_same_account();
    for (std::size_t i = 0; i < looks.size(); ++i) {
        if (looks[i]) {
            const auto row = told.find(asked[i].id);
            if (!looks[i]->unreadable.empty() && row != told.end())
                keep_what_was_told(*looks[i], std::move(row->second));
            items.push_back(std::move(*looks[i]));
            continue;
        }
        const KnownItem& before = known_removed[asked[i].id];
        if (before.link) {
            LinkUpdate gone;
            gone.item_id = asked[i].id;
            gone.gone = true;
            plan.links.push_back(std::move(gone));
        }
        if (before.parked)
            plan.unparked.push_back(asked[i].id);
        if (before.intent)
            plan.lost_drafts.push_back(asked[i].id);
    }
    co_return items;
}

asio::awaitable<std::map<std::string, KnownItem>> PageHandler::known(const std::vector<Item>& items)
{
    std::vector<store::KnownQuery> query;
    query.reserve(items.size());
    for (const Item& item : items) {
        store::KnownQuery one;
        one.item_id = item.key.id;
        one.item_hmac = context_.hash.item(item.key.id);
        if (item.thread.message_id.has_value())
            one.message_hmac = context_.hash.message(*item.thread.message_id);
        one.happened_at = item.happened_at();
        query.push_back(std::move(one));
    }
    auto connection = co_await context_.pool.acquire();
    co_return co_await store::known_items(*connection, context_.mailbox.id, query);
}

asio::awaitable<std::vector<Decided>>
PageHandler::decide(std::vector<Item> items, const PageSource& source, Candidates& candidates)
{
    std::vector<Decided> decided;
    if (items.empty())
        co_return decided;
    std::map<std::string, KnownItem> known_items = co_await known(items);
    co_await find_stops(context_, items, known_items);
    find_read_labels(items, known_items, context_.hash, context_.rules->policy);

    // What a mailbox receives of its own is not the copy it sent, which answers for the draft.
    if (source.well_known == WellKnown::inbox)
        for (const Item& item : items)
            if (!is_draft(item))
                known_items[item.key.id].intent.reset();

    const match::Circumstances circumstances = circumstances_of(source);
    candidates = co_await find_page_candidates(context_, items, known_items, circumstances);

    decided.reserve(items.size());
    for (Item& item : items) {
        Decided one;
        one.known = std::move(known_items[item.key.id]);
        one.item = std::move(item);
        decide_one(one, candidates, circumstances);
        decided.push_back(std::move(one));
    }
    co_return decided;
}

/// Where a rule could have tracked the item for its parent, or what it is about could come from it:
/// then also a parent that is about nothing yet.
std::vector<std::string> PageHandler::unstored_parents(const Decided& one,
                                                       const Candidates& candidates) const
{
    const bool waits = one.decision.outcome == Outcome::ignored && context_.mode() != Mode::manual;
    if (!waits && (one.decision.outcome != Outcome::tracked || one.known.link))
        return {};
    std::vector<std::string> parents = match::parents_of(one.item);
    std::erase_if(parents, [&](const std::string& parent) {
        const auto at = candidates.by_message_id.find(parent);
        return at != candidates.by_message_id.end() && !at->second.deleted &&
               (waits || at->second.regarding);
    });
    return parents;
}

match::Circumstances PageHandler::circumstances_of(const PageSource& source) const
{
    match::Circumstances circumstances;
    circumstances.mailbox = context_.mailbox.address;
    circumstances.mailbox_owner = context_.mailbox.owner;
    circumstances.mode = context_.mode();
    circumstances.sent_items = context_.effective().sent_items.value;
    circumstances.first_pass = context_.first_pass || source.missed_first_pass;
    if (const auto enabled_at = context_.mailbox.enabled_at)
        circumstances.enabled_at = context_.connector.by_providers_clock(*enabled_at);
    circumstances.round_done_at = source.round_done_at;
    circumstances.reads_again = source.reads_again;
    circumstances.now = context_.clock.now();
    circumstances.folder = source.well_known;
    circumstances.listed = source.listed;
    circumstances.show_shared = context_.show_shared();
    circumstances.revisited = source.revisited;
    return circumstances;
}

void PageHandler::decide_one(Decided& one, const Candidates& candidates,
                             const match::Circumstances& circumstances) const
{
    const match::Policy& policy = context_.rules->policy;
    one.decision = match::decide(one.item, one.known, candidates, policy, circumstances);
    // Nothing is new: its row stays as it is.
    if (one.known.link && one.decision.rule == Rule::none && one.item.unreadable.empty())
        return;
    one.unstored_parents = unstored_parents(one, candidates);
    if (one.decision.outcome == Outcome::ignored && circumstances.show_shared)
        one.unstored_message = unstored_message(one.item, candidates);
    const std::string stopped = one.known.stopped ? "stopped" : "";
    one.input_hmac = context_.hash.input(match::decision_input(one.item, policy, circumstances) +
                                         stopped + context_.rules->fingerprint);
}

/// What a rule (not a person) would accept is looked at once more where its list row could not show
/// that a machine sent it, or how sensitive it is. Taken out and returned is what the look shows in
/// another folder: that may be on the never-list.
asio::awaitable<std::vector<Decided>> PageHandler::look_at_headers(std::vector<Decided>& decided,
                                                                   const PageSource& source,
                                                                   const Candidates& candidates)
{
    std::vector<ItemKey> keys;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < decided.size(); ++i)
        if (decided[i].decision.needs_header_look) {
            if (context_.observe)
                context_.observe(decided[i].item, decided[i].decision);
            keys.push_back(decided[i].item.key);
            places.push_back(i);
        }
    std::vector<Decided> moved;
    if (keys.empty())
        co_return moved;

    std::vector<std::optional<Item>> looks =
        co_await context_.connector.look_at_headers(std::move(keys));
    if (!std::all_of(looks.begin(), looks.end(), [](const auto& look) { return look.has_value(); }))
        co_await context_.expect_same_account();
    const match::Circumstances circumstances = circumstances_of(source);
    for (std::size_t i = looks.size(); i-- > 0;) {
        Decided& one = decided[places[i]];
        if (!looks[i]) {
            decided.erase(decided.begin() + static_cast<std::ptrdiff_t>(places[i]));
            continue;
        }
        if (one.item.folder.has_value() && looks[i]->folder.has_value() &&
            *looks[i]->folder != *one.item.folder) {
            moved.push_back(std::move(one));
            decided.erase(decided.begin() + static_cast<std::ptrdiff_t>(places[i]));
            continue;
        }
        one.item = std::move(*looks[i]);
        decide_one(one, candidates, circumstances);
    }
    co_return moved;
}

} // namespace crmsync::sync
