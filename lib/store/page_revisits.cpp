#include "store/columns.hpp"
#include "store/page_script.hpp"
#include "store/revisits.hpp"
#include "store/statements.hpp"

#include <map>
#include <set>
#include <utility>

namespace crmsync::store {
namespace {

pg::Bytes key_of(const std::string& message_id)
{
    Identity identity;
    identity.text = message_id;
    return pg::to_bytes(identity_key(identity, 0));
}

/// Messages by their keys, and what is looked at again where one of them is stored.
struct OwnQuestion {
    std::set<std::pair<std::string, std::string>> asked; ///< Message-ID, key of the revisit

    void add(const std::string& message_id, const std::string& key)
    {
        asked.emplace(message_id, storable(key));
    }
    void add_to(pg::Script& script, MailboxId mailbox, Revisit reason) const
    {
        if (asked.empty())
            return;
        std::vector<pg::Bytes> identities;
        std::vector<std::string> keys;
        for (const auto& [message_id, key] : asked) {
            identities.push_back(key_of(message_id));
            keys.push_back(key);
        }
        script.add(sql::ask_for_own, params(mailbox, to_string(reason), identities, keys));
    }
};

/// What an item was decided without may have been stored since: then it has asked for such items
/// before this one was there to be found.
void ask_for_own(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    OwnQuestion copies, replies, regardings;
    for (const DecisionRow& row : plan.decisions) {
        if (row.outcome == Outcome::ignored) {
            for (const std::string& parent : row.unstored_parents)
                replies.add(parent, parent);
            if (row.unstored_message)
                copies.add(*row.unstored_message, *row.unstored_message);
        } else if (row.outcome == Outcome::tracked && row.item_id) {
            for (const std::string& parent : row.unstored_parents)
                regardings.add(parent, *row.item_id);
        }
    }
    copies.add_to(script, mailbox, Revisit::copy);
    regardings.add_to(script, mailbox, Revisit::regarding);
    replies.add_to(script, mailbox, Revisit::reply);
}

struct Messages {
    std::vector<pg::Bytes> hmacs;
    std::vector<std::string> message_ids;
    std::vector<Uuid> activities;

    void add(const TrackedItem& item, ActivityId activity)
    {
        hmacs.push_back(pg::to_bytes(*item.message_hmac));
        message_ids.push_back(storable(*item.message_id));
        activities.push_back(activity.value);
    }
    bool empty() const { return hmacs.empty(); }
};

/// Whose answers may be about something else now: new messages, and those of which somebody has
/// said what they are about. How many statements it takes.
std::size_t ask_for_regardings(pg::Script& script, const Plan& plan, const IdentifiedPage& page,
                               bool again)
{
    std::map<std::string, Uuid> threads; // each message once
    const auto add = [&](const std::optional<Sha256>& message, ActivityId activity) {
        if (message)
            threads.emplace(bytes_of(*message), activity.value);
    };
    for (std::size_t i = 0; i < plan.tracked.size(); ++i) {
        const TrackedItem& item = plan.tracked[i];
        const Identified& of = page.items[i];
        if (of.mine || of.deleted || (item.regarding && !item.joins))
            add(item.message_hmac, of.activity);
    }
    for (const FoundRegarding& found : plan.found_regardings)
        add(found.message_hmac, found.activity);
    for (const RegardingChange& change : plan.regardings)
        if (change.regarding)
            add(change.message_hmac, change.activity);
    if (threads.empty())
        return 0;
    std::vector<pg::Bytes> hmacs;
    std::vector<Uuid> activities;
    for (const auto& [hmac, activity] : threads) {
        hmacs.push_back({hmac});
        activities.push_back(activity);
    }
    script.add(sql::ask_for_regardings,
               params(again, hmacs, activities, static_cast<std::int64_t>(Strength::header)));
    return 1;
}

} // namespace

std::size_t add_revisits(pg::Script& script, MailboxId mailbox, const Plan& plan,
                         const IdentifiedPage& page, bool again)
{
    ask_for_own(script, mailbox, plan);

    // What is stored, or alive again, from now on; and what has copies that no decision tells of.
    Messages back, unmarked;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i) {
        const TrackedItem& item = plan.tracked[i];
        const Identified& of = page.items[i];
        if (!item.message_id || !item.message_hmac || (!of.mine && !of.deleted))
            continue;
        back.add(item, of.activity);
        if (of.deleted || item.before_window)
            unmarked.add(item, of.activity);
    }
    std::size_t asking = 0;
    if (!back.empty()) {
        script.add(sql::ask_for_copies, params(mailbox, again, back.hmacs, back.message_ids));
        ++asking;
    }
    if (!unmarked.empty()) {
        script.add(sql::ask_for_unmarked_copies,
                   params(mailbox, again, unmarked.message_ids, unmarked.activities));
        ++asking;
    }
    asking += ask_for_regardings(script, plan, page, again);
    if (!back.empty()) {
        script.add(sql::ask_for_replies, params(again, back.hmacs, back.message_ids));
        ++asking;
    }
    return asking;
}

} // namespace crmsync::store
