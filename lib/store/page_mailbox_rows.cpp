#include "store/columns.hpp"
#include "store/page_script.hpp"
#include "store/statements.hpp"

#include <map>
#include <set>
#include <utility>

namespace crmsync::store {
namespace {

/// One statement cannot write a row twice, and of two words about one item the later counts.
template <class T, class Key>
auto latest(const std::vector<T>& rows, Key key)
{
    std::map<std::decay_t<decltype(key(rows.front()))>, std::size_t> at;
    for (std::size_t i = 0; i < rows.size(); ++i)
        at[key(rows[i])] = i;
    return at;
}

void add_links(pg::Script& script, MailboxId mailbox, const Plan& plan, const IdentifiedPage& page)
{
    if (plan.tracked.empty())
        return;
    std::vector<std::string> items, folders, versions, tracked_by, rules;
    std::vector<Uuid> activities;
    std::vector<Timestamp> tagged;
    std::vector<std::optional<std::string>> categories;
    for (const auto& [item_id, i] : latest(plan.tracked, [](const auto& t) { return t.item_id; })) {
        const TrackedItem& item = plan.tracked[i];
        items.push_back(item_id);
        activities.push_back(page.items[i].activity.value);
        folders.push_back(item.folder.value);
        versions.push_back(item.version.value);
        tracked_by.push_back(item.tracked_by);
        rules.push_back(item.rule);
        tagged.push_back(item.tagged_at);
        categories.push_back(item.regarding_category);
    }
    script.add(sql::upsert_links, params(mailbox, items, activities, folders, versions, tracked_by,
                                         rules, tagged, categories));
}

void add_link_updates(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    if (!plan.links.empty()) {
        std::vector<std::string> items;
        std::vector<std::optional<std::string>> folders, versions, categories;
        std::vector<std::optional<bool>> gone;
        for (const auto& [item_id, i] :
             latest(plan.links, [](const auto& l) { return l.item_id; })) {
            const LinkUpdate& update = plan.links[i];
            items.push_back(item_id);
            folders.push_back(plain(update.folder));
            versions.push_back(plain(update.version));
            std::optional<std::string>& category = categories.emplace_back();
            if (update.category_seen)
                category = std::string(to_string(*update.category_seen));
            gone.push_back(update.gone);
        }
        script.add(sql::update_links, params(mailbox, items, folders, versions, categories, gone));
    }
    if (!plan.regardings.empty()) {
        std::vector<std::string> items;
        std::vector<std::optional<std::string>> categories;
        for (const auto& [item_id, i] :
             latest(plan.regardings, [](const auto& r) { return r.item_id; })) {
            items.push_back(item_id);
            categories.push_back(plan.regardings[i].regarding_category);
        }
        script.add(sql::set_regarding_categories, params(mailbox, items, categories));
    }
    if (!plan.hand_tags.empty()) {
        std::vector<std::string> items, rules;
        std::vector<Timestamp> tagged;
        for (const auto& [item_id, i] :
             latest(plan.hand_tags, [](const auto& t) { return t.item_id; })) {
            items.push_back(item_id);
            rules.push_back(plan.hand_tags[i].rule);
            tagged.push_back(plan.hand_tags[i].claim.at);
        }
        script.add(sql::tag_links_by_hand, params(mailbox, items, rules, tagged));
    }
}

std::optional<pg::Bytes> optional_bytes(const std::optional<Sha256>& digest)
{
    if (!digest)
        return std::nullopt;
    return pg::to_bytes(*digest);
}

void add_decisions(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    if (plan.decisions.empty())
        return;
    std::vector<pg::Bytes> items, inputs, parents_of, parents;
    std::vector<std::optional<std::string>> item_ids;
    std::vector<std::optional<pg::Bytes>> messages, threads;
    std::vector<std::string_view> outcomes, rules;
    std::vector<pg::Json> evidence;
    for (const auto& [hmac, i] :
         latest(plan.decisions, [](const auto& d) { return d.item_hmac; })) {
        const DecisionRow& row = plan.decisions[i];
        items.push_back(pg::to_bytes(row.item_hmac));
        item_ids.push_back(row.item_id);
        messages.push_back(optional_bytes(row.message_id_hmac));
        threads.push_back(optional_bytes(row.thread_hmac));
        inputs.push_back(pg::to_bytes(row.input_hmac));
        outcomes.push_back(to_string(row.outcome));
        rules.push_back(row.rule);
        evidence.push_back({row.evidence_json.empty() ? "[]" : row.evidence_json});
        for (const Sha256& parent : row.parent_hmacs) {
            parents_of.push_back(items.back());
            parents.push_back(pg::to_bytes(parent));
        }
    }
    script.add(sql::upsert_decisions,
               params(mailbox, plan.policy_version, items, item_ids, messages, threads, inputs,
                      outcomes, rules, evidence, parents_of, parents));
}

void add_write_backs(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    if (!plan.dropped_write_backs.empty())
        script.add(sql::drop_write_backs, params(mailbox, plan.dropped_write_backs));
    if (plan.write_backs.empty())
        return;
    std::vector<std::string> items, versions;
    std::vector<pg::Json> desired;
    std::vector<std::optional<pg::Json>> categories;
    for (const auto& [item_id, i] :
         latest(plan.write_backs, [](const auto& w) { return w.item_id; })) {
        const OwedCategories& owed = plan.write_backs[i];
        items.push_back(item_id);
        desired.push_back(to_json(owed.desired));
        std::optional<pg::Json>& list = categories.emplace_back();
        if (owed.categories)
            list = to_json(*owed.categories);
        versions.push_back(owed.version.value);
    }
    script.add(sql::upsert_write_backs, params(mailbox, items, desired, categories, versions));
}

void add_parked(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    if (!plan.unparked.empty())
        script.add(sql::unpark_items, params(mailbox, plan.unparked));
    if (plan.parked.empty())
        return;
    std::vector<std::string> items, reasons, versions;
    std::vector<std::int64_t> attempts;
    std::vector<std::optional<Timestamp>> next;
    std::vector<bool> came_tagged;
    for (const auto& [item_id, i] : latest(plan.parked, [](const auto& p) { return p.item_id; })) {
        const ParkedItem& parked = plan.parked[i];
        items.push_back(item_id);
        reasons.push_back(parked.reason);
        versions.push_back(parked.version);
        attempts.push_back(parked.attempts);
        next.push_back(parked.next_attempt_at);
        came_tagged.push_back(parked.came_tagged);
    }
    script.add(sql::park_items,
               params(mailbox, items, reasons, versions, attempts, next, came_tagged));
}

void add_events(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    if (plan.events.empty())
        return;
    std::vector<std::string_view> levels, names;
    std::vector<pg::Json> details;
    for (const LogEvent& event : plan.events) {
        levels.push_back(event.level);
        names.push_back(event.name);
        details.push_back({event.detail_json});
    }
    script.add(sql::insert_events, params(mailbox, levels, names, details));
}

} // namespace

void add_cursors(pg::Script& script, MailboxId mailbox, std::span<const Progress> progress)
{
    std::vector<std::string> folders, cursors;
    std::vector<std::int64_t> versions;
    std::vector<std::optional<Timestamp>> rounds, oldest;
    std::vector<std::int64_t> messages;
    for (const Progress& one : progress) {
        folders.push_back(one.folder.value);
        cursors.push_back(one.cursor.value);
        versions.push_back(one.query_version);
        rounds.push_back(one.round_done_at);
        messages.push_back(one.messages);
        oldest.push_back(one.oldest);
    }
    script.add(sql::advance_cursors,
               params(mailbox, folders, cursors, versions, rounds, messages, oldest));
}

void add_mailbox_rows(pg::Script& script, MailboxId mailbox, const Plan& plan,
                      const IdentifiedPage& page, const std::optional<Progress>& progress)
{
    add_links(script, mailbox, plan, page);
    add_link_updates(script, mailbox, plan);
    add_decisions(script, mailbox, plan);
    add_write_backs(script, mailbox, plan);
    if (!plan.unstaged.empty())
        script.add(sql::unstage_untracks, params(mailbox, plan.unstaged));
    if (!plan.staged.empty())
        script.add(sql::stage_untracks, params(mailbox, plan.staged));
    add_parked(script, mailbox, plan);
    add_intents(script, mailbox, plan);
    add_read_labels(script, mailbox, plan);
    add_stops(script, mailbox, plan); // after the decisions, which tell what is stored of a thread
    if (!plan.corrected.empty()) {
        const std::set<Sha256> once(plan.corrected.begin(), plan.corrected.end());
        std::vector<pg::Bytes> items;
        for (const Sha256& item : once)
            items.push_back(pg::to_bytes(item));
        script.add(sql::count_corrections, params(mailbox, items));
    }
    if (!plan.unpinned.empty()) {
        std::vector<pg::Bytes> messages;
        for (const Sha256& message : plan.unpinned)
            messages.push_back(pg::to_bytes(message));
        script.add(sql::remove_pins, params(mailbox, messages));
    }
    add_events(script, mailbox, plan);
    if (progress)
        add_cursors(script, mailbox, std::span(&*progress, 1));
}

} // namespace crmsync::store
