#include "sync/published_labels.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "match/make_labels.hpp"
#include "store/label_key.hpp"
#include "sync/note_event.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;
using store::LabelState;
using store::PublishedLabel;

namespace {

constexpr int most_labels = 20;
constexpr int label_color = 8; // Outlook's purple: no state has it

std::string category_of(const Label& label, const std::string& prefix)
{
    return prefix + " " + label.text;
}

/// Of a label that is offered, given what stands in the list. What the service is about to add or
/// to remove is its own wherever it is found.
LabelState offered_as(const PublishedLabel* known, bool in_list)
{
    if (!in_list)
        return LabelState::adding;
    const bool ours =
        known && known->state != LabelState::theirs && known->state != LabelState::gone;
    return ours ? LabelState::listed : LabelState::theirs;
}

LabelState retired_as(const PublishedLabel& known, bool in_list)
{
    const bool ours = known.state != LabelState::theirs && known.state != LabelState::gone;
    return ours && in_list ? LabelState::removing : LabelState::gone;
}

/// By name_key of the category.
using Known = std::map<std::string, const PublishedLabel*>;

Known by_key(const std::vector<PublishedLabel>& published)
{
    Known known;
    for (const PublishedLabel& one : published)
        known.emplace(name_key(one.category), &one);
    return known;
}

const PublishedLabel* find(const Known& known, const std::string& key)
{
    const auto at = known.find(key);
    return at == known.end() ? nullptr : at->second;
}

} // namespace

bool labels_stand(const std::vector<Label>& wanted, const std::vector<PublishedLabel>& published,
                  const std::string& prefix)
{
    const Known known = by_key(published);
    std::size_t offered = 0;
    for (const PublishedLabel& one : published) {
        if (one.state == LabelState::adding || one.state == LabelState::removing)
            return false;
        offered += one.offered() ? 1 : 0;
    }
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const Label& label) {
        const PublishedLabel* one = find(known, name_key(category_of(label, prefix)));
        return one && one->offered() && one->record == label.record;
    });
    return all && offered == wanted.size();
}

LabelPlan plan_labels(const std::vector<Label>& wanted,
                      const std::vector<PublishedLabel>& published,
                      const std::vector<MasterCategory>& list, const std::string& prefix)
{
    LabelPlan plan;
    const Known known = by_key(published);
    std::set<std::string> listed;
    for (const MasterCategory& category : list)
        listed.insert(name_key(category.name));

    const auto note = [&](PublishedLabel now, const PublishedLabel* before) {
        if (now.state == LabelState::adding)
            plan.add.push_back(now.category);
        if (now.state == LabelState::removing)
            plan.remove.push_back(now.category);
        if (!before || now != *before)
            plan.changed.push_back(std::move(now));
    };
    std::set<std::string> offered;
    for (const Label& label : wanted) {
        const std::string category = category_of(label, prefix);
        const std::string key = name_key(category);
        offered.insert(key);
        const PublishedLabel* before = find(known, key);
        PublishedLabel now;
        // In the spelling in which it stands there.
        now.category = before && before->offered() ? before->category : category;
        now.label = store::label_key(label.text);
        now.record = label.record;
        now.state = offered_as(before, listed.contains(key));
        note(std::move(now), before);
    }
    for (const PublishedLabel& one : published) {
        const std::string key = name_key(one.category);
        if (offered.contains(key) || one.state == LabelState::gone)
            continue;
        PublishedLabel now = one;
        now.state = retired_as(one, listed.contains(key));
        note(std::move(now), &one);
    }
    return plan;
}

namespace {

/// The rows are written before the list is: whatever interrupts it, what the service put there is
/// known to be its own. Removed first, since a list may be full.
asio::awaitable<void> bring_about(const TurnContext& context, store::Labels& labels, LabelPlan plan)
{
    if (!plan.add.empty())
        co_await context.expect_same_account();
    co_await labels.write(context.fence, std::move(plan.changed));
    if (!plan.remove.empty()) {
        co_await context.connector.remove_master_categories(std::move(plan.remove));
        co_await labels.carried_out(context.fence, LabelState::removing);
    }
    std::vector<MasterCategory> added;
    for (std::string& name : plan.add)
        added.push_back(MasterCategory{std::move(name), label_color});
    if (!added.empty()) {
        co_await context.connector.add_master_categories(std::move(added));
        co_await labels.carried_out(context.fence, LabelState::adding);
    }
}

asio::awaitable<void> publish(const TurnContext& context)
{
    store::Labels labels(context.pool);
    const std::string prefix = context.rules->policy.prefix_text;
    const std::vector<LabelledRecord> records =
        co_await labels.wanted(context.mailbox.id, most_labels);
    const std::vector<PublishedLabel> published = co_await labels.published(context.mailbox.id);
    const std::vector<Label> wanted = match::make_labels(records);
    if (labels_stand(wanted, published, prefix))
        co_return;
    const std::vector<MasterCategory> list = co_await context.connector.master_categories();
    LabelPlan plan = plan_labels(wanted, published, list, prefix);
    co_await bring_about(context, labels, std::move(plan));
}

bool concerns_the_mailbox(Reaction reaction)
{
    return reaction == Reaction::reauthorise || reaction == Reaction::stop ||
           reaction == Reaction::give_back;
}

} // namespace

asio::awaitable<bool> publish_labels(const TurnContext& context)
{
    std::optional<Failure> failure;
    try {
        co_await publish(context);
    } catch (const Failure& f) {
        if (concerns_the_mailbox(f.reaction()))
            throw;
        failure = f;
    }
    const bool said = context.memory && context.memory->labels_missing;
    if (context.memory)
        context.memory->labels_missing = failure.has_value();
    if (!failure)
        co_return true;
    if (said)
        co_return false;
    log::warn(log::Area::sync, failure->message(),
              {{"mailbox", context.mailbox.id.value}, {"failure", failure->name()}});
    boost::json::object detail;
    detail["failure"] = failure->name();
    detail["message"] = failure->message();
    co_await note_event(context.pool, context.mailbox.id, "warn", "labels_missing",
                        std::move(detail));
    co_return false;
}

asio::awaitable<void> publish_labels_or_later(const TurnContext& context)
{
    if (co_await publish_labels(context))
        co_return;
    store::Labels labels(context.pool);
    co_await labels.ask_later(context.fence, context.clock.now() + labels_again_after);
}

} // namespace crmsync::sync
