#include "sync/make_plan.hpp"

#include "base/backoff.hpp"
#include "match/categories.hpp"
#include "match/correction.hpp"
#include "match/parties.hpp"
#include "match/rules.hpp"
#include "sync/body_policy.hpp"
#include "sync/evidence_json.hpp"
#include "sync/identity.hpp"
#include "sync/owner_claim.hpp"
#include "sync/plan_intent.hpp"
#include "sync/plan_stop.hpp"
#include "sync/read_labels.hpp"

#include <boost/json.hpp>

namespace crmsync::sync {
namespace {

std::optional<Sha256> message_hmac(const Item& item, const PrivateHash& hash)
{
    if (!item.thread.message_id.has_value())
        return std::nullopt;
    return hash.message(*item.thread.message_id);
}

/// The newest 20 parents: a reply to a message that is tracked later is found by them.
std::vector<std::string> newest_parents(const Item& item)
{
    constexpr std::size_t most = 20;
    std::vector<std::string> parents = match::parents_of(item);
    if (parents.size() > most)
        parents.resize(most);
    return parents;
}

Timestamp window_begins(const PlanFacts& facts)
{
    return facts.now - std::chrono::days(facts.rules.settings.sync.history_days);
}

/// Untagged items older than the window leave no row: a mailbox of ten years would fill the table.
bool leaves_decision(const Decided& decided, const PlanFacts& facts)
{
    if (decided.decision.outcome != Outcome::ignored || decided.decision.writes_answer)
        return true;
    // Nothing else remembers that a state of ours is no wish, or that it went.
    if (decided.decision.orphan_category || decided.known.orphan)
        return true;
    const std::optional<Timestamp> happened = decided.item.happened_at();
    return happened && *happened >= window_begins(facts);
}

void add_decision(Plan& plan, const Decided& decided, const PlanFacts& facts)
{
    if (!leaves_decision(decided, facts))
        return;
    DecisionRow row;
    row.input_hmac = decided.input_hmac;
    if (bytes_of(row.input_hmac) == decided.known.input_hmac &&
        decided.known.outcome == to_string(decided.decision.outcome))
        return;
    row.item_hmac = facts.hash.item(decided.item.key.id);
    const bool anonymous = decided.decision.outcome == Outcome::refused ||
                           decided.decision.outcome == Outcome::ignored;
    if (!anonymous)
        row.item_id = decided.item.key.id;
    row.message_id_hmac = message_hmac(decided.item, facts.hash);
    if (decided.item.thread.conversation_id.has_value())
        row.thread_hmac = facts.hash.conversation(*decided.item.thread.conversation_id);
    for (const std::string& parent : newest_parents(decided.item))
        row.parent_hmacs.push_back(facts.hash.message(parent));
    row.unstored_parents = decided.unstored_parents;
    row.unstored_message = decided.unstored_message;
    row.outcome = decided.decision.outcome;
    row.rule = to_string(decided.decision.rule);
    row.evidence_json = evidence_json(decided.decision);
    plan.decisions.push_back(std::move(row));
}

/// Nothing is asked any more because "no" was answered, and the item still says so. Then the reason
/// stays what it was: the echo of the answer is no decision of its own.
bool answer_stands(const Decided& decided, const PlanFacts& facts)
{
    if (decided.decision.outcome != Outcome::ignored || decided.decision.withdrawn ||
        !decided.item.categories.has_value())
        return false;
    const auto own = match::own_categories(*decided.item.categories, facts.rules.policy);
    return (own.refused && decided.known.outcome == to_string(Outcome::refused)) ||
           (own.failed && decided.known.outcome == to_string(Outcome::failed));
}

void add_answer(Plan& plan, const Decided& decided)
{
    if (!decided.decision.writes_answer)
        return;
    OwedCategories owed;
    owed.item_id = decided.item.key.id;
    owed.desired = decided.decision.answer;
    if (decided.item.categories.said())
        owed.categories = decided.item.categories.value_or({});
    // Without a version it is read again: what was cleaned of it is not what it carries.
    if (!decided.item.uncleaned_categories)
        owed.version = decided.item.version.value_or(Version{});
    plan.write_backs.push_back(std::move(owed));
}

/// Counted, so that two programs that contradict each other come to an end.
void note_correction(Plan& plan, const Decided& decided, const PlanFacts& facts)
{
    if (!decided.decision.corrects)
        return;
    plan.corrected.push_back(facts.hash.item(decided.item.key.id));
    if (decided.known.corrections + 1 != match::most_corrections)
        return;
    LogEvent event;
    event.level = "warn";
    event.name = "categories_contested";
    boost::json::object detail;
    detail["item_id"] = decided.item.key.id;
    event.detail_json = boost::json::serialize(detail);
    plan.events.push_back(std::move(event));
}

/// The label the item shows for its regarding, where it has one.
std::optional<std::string> shown_label(const Decision& decision)
{
    return decision.answer.regarding;
}

void add_link_update(Plan& plan, const Decided& decided, const PlanFacts& facts)
{
    const KnownItem::Link& link = *decided.known.link;
    LinkUpdate update;
    update.item_id = decided.item.key.id;
    if (decided.item.version.has_value() && *decided.item.version != link.version)
        update.version = *decided.item.version;
    if (decided.item.folder.has_value() && *decided.item.folder != link.folder)
        update.folder = *decided.item.folder;
    if (link.gone)
        update.gone = false;
    // Our category on the item proves that it was written, even where we never saw the write end.
    if (decided.item.categories.has_value()) {
        const auto own = match::own_categories(*decided.item.categories, facts.rules.policy);
        const StateCategory shown = own.tracked  ? StateCategory::tracked
                                    : own.review ? StateCategory::review
                                                 : StateCategory::none;
        if (shown != StateCategory::none && shown != link.category_seen)
            update.category_seen = shown;
    }
    if (update.version || update.folder || update.gone || update.category_seen)
        plan.links.push_back(std::move(update));
}

/// Whether the item was told to be tracked by what it carried when it was first seen.
bool came_tagged(const Decision& decision)
{
    return !decision.by_person &&
           (decision.rule == Rule::rule_tag || decision.rule == Rule::regarding_category ||
            decision.rule == Rule::identity);
}

/// Whether somebody waits for an answer: a person, or an inbox rule a person made.
bool is_wish(const Decision& decision)
{
    return decision.by_person || decision.rule == Rule::rule_tag;
}

/// What the sync log keeps about decisions that somebody may ask for.
void note_orphan(Plan& plan, const Decided& decided)
{
    if (!decided.decision.orphan_category || decided.known.orphan)
        return;
    LogEvent event;
    event.level = "warn";
    event.name = "orphan_category";
    boost::json::object detail;
    detail["item_id"] = decided.item.key.id;
    event.detail_json = boost::json::serialize(detail);
    plan.events.push_back(std::move(event));
}

/// What an accepted item says itself, without its body.
TrackedItem tracked_item(const Decided& decided, const Candidates& candidates,
                         const PlanFacts& facts)
{
    const Item& item = decided.item;
    const Decision& decision = decided.decision;
    TrackedItem tracked;
    tracked.item_id = item.key.id;
    tracked.proposed = ActivityId{make_uuid(facts.now)};
    tracked.direction = match::direction_of(item, candidates, facts.rules.policy);
    tracked.subject = item.subject.value_or("");
    // The last change stands for no time of sending where copies are told apart: it moves.
    tracked.occurred_at = item.happened_at().value_or(item.modified_at.value_or(facts.now));
    tracked.before_window = tracked.occurred_at < window_begins(facts);
    if (item.thread.message_id.has_value())
        tracked.message_id = *item.thread.message_id;
    tracked.message_hmac = message_hmac(item, facts.hash);
    tracked.parties = match::parties_of(item, candidates, facts.mailbox.owner);
    tracked.regarding = decision.regarding;
    tracked.regarding_by_person = decision.regarding_by_person;
    tracked.regarding_strength = static_cast<int>(decision.regarding_strength);
    tracked.had_external = match::has_external(item, candidates, facts.rules.policy);
    tracked.folder = item.folder.value_or(FolderId{});
    tracked.version = item.version.value_or(Version{});
    tracked.tracked_by = decision.by_person ? "user" : "rule";
    tracked.rule = to_string(decision.rule);
    tracked.tagged_at = item.modified_at.value_or(facts.now);
    tracked.regarding_category = shown_label(decision);
    return tracked;
}

/// The item, and what goes with it: what it undoes, its decision, its answer, a line in the log.
void add_tracked(Plan& plan, const Decided& decided, TrackedItem tracked, const PlanFacts& facts)
{
    const Item& item = decided.item;
    const Decision& decision = decided.decision;
    plan.tracked.push_back(std::move(tracked));
    if (decided.known.pinned) {
        plan.unpinned.push_back(facts.hash.item(item.key.id));
        if (const auto hmac = message_hmac(item, facts.hash))
            plan.unpinned.push_back(*hmac);
    }
    if (decided.known.parked)
        plan.unparked.push_back(item.key.id);
    plan_intent(plan, decided, facts.hash);
    plan_stop(plan, decided, facts.hash);
    plan_read_labels(plan, decided, facts.hash, facts.rules.policy);
    add_decision(plan, decided, facts);
    add_answer(plan, decided);
    // A person set the very category that would be the answer: it can be taken off as such.
    if (!decision.writes_answer && item.categories.has_value()) {
        LinkUpdate update;
        update.item_id = item.key.id;
        update.category_seen = decision.answer.state;
        plan.links.push_back(std::move(update));
    }

    LogEvent event;
    event.name = "item_tracked";
    event.item_id = item.key.id;
    boost::json::object detail;
    detail["rule"] = to_string(decision.rule);
    detail["answer"] = to_string(decision.answer.state);
    event.detail_json = boost::json::serialize(detail);
    plan.events.push_back(std::move(event));
}

} // namespace

void plan_decided(Plan& plan, const Decided& decided, const PlanFacts& facts)
{
    const Decision& decision = decided.decision;
    const bool stands = !decided.known.link && answer_stands(decided, facts);
    plan_intent(plan, decided, facts.hash);
    plan_stop(plan, decided, facts.hash);
    plan_read_labels(plan, decided, facts.hash, facts.rules.policy);
    note_correction(plan, decided, facts);
    if (decided.known.parked && !stands && decision.outcome != Outcome::failed)
        plan.unparked.push_back(decided.item.key.id);
    if (!decided.known.link) {
        note_orphan(plan, decided);
        if (decision.withdrawn)
            plan.dropped_write_backs.push_back(decided.item.key.id);
        // While an answer waits to be written nothing is decided anew.
        if (!stands && (!decided.known.owed || decision.withdrawn))
            add_decision(plan, decided, facts);
        add_answer(plan, decided);
        return;
    }

    const KnownItem::Link& link = *decided.known.link;
    add_link_update(plan, decided, facts);
    if (decision.stage_untrack) {
        if (decision.withdrawn)
            plan.dropped_write_backs.push_back(decided.item.key.id);
        if (!decided.known.staged)
            plan.staged.push_back(decided.item.key.id);
        return;
    }
    if (decided.known.staged && decided.item.categories.has_value())
        plan.unstaged.push_back(decided.item.key.id);
    // A label is a wish of its own: who says what others' or a rule's copy is about has tagged it.
    const bool by_hand = decision.rule == Rule::hand_tag || decision.rule == Rule::draft_tag ||
                         (decision.rule == Rule::regarding_category && decision.regarding);
    if (decision.by_person && by_hand && link.tracked_by != "user") {
        HandTag tag;
        tag.item_id = decided.item.key.id;
        tag.activity = link.activity;
        tag.rule = to_string(decision.rule);
        tag.claim = hand_claim(decided, facts);
        plan.hand_tags.push_back(std::move(tag));
        add_decision(plan, decided, facts);
    }
    if (decision.regarding_by_person || decision.regarding_cleared) {
        RegardingChange change;
        change.item_id = decided.item.key.id;
        change.activity = link.activity;
        change.regarding = decision.regarding;
        change.regarding_category = shown_label(decision);
        change.message_hmac = message_hmac(decided.item, facts.hash);
        change.chosen_at = decided.item.modified_at.value_or(facts.now);
        plan.regardings.push_back(std::move(change));
    }
    // A person's word goes first, whatever the thread says.
    if (decision.regarding && !decision.regarding_by_person && !decision.regarding_cleared) {
        FoundRegarding found;
        found.activity = link.activity;
        found.regarding = *decision.regarding;
        found.strength = static_cast<int>(decision.regarding_strength);
        found.message_hmac = message_hmac(decided.item, facts.hash);
        plan.found_regardings.push_back(std::move(found));
    }
    add_answer(plan, decided);
}

void plan_tracked(Plan& plan, const Decided& decided, Fetched fetched, const Candidates& candidates,
                  const PlanFacts& facts)
{
    TrackedItem tracked = tracked_item(decided, candidates, facts);
    tracked.identity = identify(decided.item, fetched.body.body);
    CutBody cut =
        cut_body(std::move(fetched.body.body), facts.rules.settings.attachments.max_body_bytes);
    tracked.body = std::move(cut.text);
    tracked.body_truncated = cut.truncated;
    tracked.body_bytes = cut.bytes;
    tracked.body_type = fetched.body.type;
    tracked.attachments = std::move(fetched.attachments);
    tracked.owner = claim(decided, candidates, tracked.parties, facts);
    add_tracked(plan, decided, std::move(tracked), facts);
}

void plan_shared(Plan& plan, const Decided& decided, const Candidates& candidates,
                 const PlanFacts& facts)
{
    TrackedItem tracked = tracked_item(decided, candidates, facts);
    tracked.joins = true;
    tracked.identity = identify(decided.item, {});
    tracked.tracked_by = "shared";
    add_tracked(plan, decided, std::move(tracked), facts);
}

void plan_parked(Plan& plan, const Decided& decided, std::string reason, bool transient,
                 const PlanFacts& facts)
{
    if (!decided.known.link && answer_stands(decided, facts))
        return;
    ParkedItem parked;
    parked.item_id = decided.item.key.id;
    parked.reason = reason;
    parked.version = decided.item.version.value_or(Version{}).value;
    parked.came_tagged = came_tagged(decided.decision);
    // Brought back after it had been given up, by a person or a new version, it starts anew.
    const int before = decided.known.park_attempts;
    parked.attempts = before < park_attempts ? before + 1 : 1;
    const bool exhausted = !transient || parked.attempts >= park_attempts;
    if (!exhausted)
        parked.next_attempt_at =
            facts.now + backoff(parked.attempts, 0.5, std::nullopt,
                                {std::chrono::seconds(10), std::chrono::hours(1)});
    plan.parked.push_back(parked);

    Decided answered = decided;
    answered.decision.outcome = Outcome::failed;
    answered.decision.note = reason;
    answered.decision.writes_answer = false;
    if (exhausted && is_wish(decided.decision)) {
        answered.decision.answer.state = StateCategory::failed;
        answered.decision.writes_answer = true;
    }
    // Before that it has not been answered: a row would make the tag it came with a later one, and
    // an inbox rule's wish a person's.
    if (exhausted)
        add_decision(plan, answered, facts);
    add_answer(plan, answered);

    LogEvent event;
    event.level = "warn";
    event.name = "item_parked";
    boost::json::object detail;
    detail["reason"] = reason;
    detail["attempts"] = parked.attempts;
    detail["given_up"] = exhausted;
    event.detail_json = boost::json::serialize(detail);
    plan.events.push_back(std::move(event));
}

} // namespace crmsync::sync
