#include "store/columns.hpp"
#include "store/page_script.hpp"
#include "store/statements.hpp"

#include <map>

namespace crmsync::store {
namespace {

std::optional<pg::Bytes> optional_bytes(const std::optional<Sha256>& digest)
{
    if (!digest)
        return std::nullopt;
    return pg::to_bytes(*digest);
}

void add_noted(pg::Script& script, MailboxId mailbox, const std::vector<DraftIntent>& intents)
{
    if (intents.empty())
        return;
    std::map<std::string, const DraftIntent*> latest; // a statement writes a row once
    for (const DraftIntent& one : intents)
        latest[one.item_id] = &one;
    std::vector<std::string> items;
    std::vector<std::optional<pg::Bytes>> messages;
    std::vector<bool> tagged;
    std::vector<pg::Json> labels;
    for (const auto& [item_id, one] : latest) {
        items.push_back(item_id);
        messages.push_back(optional_bytes(one->message_hmac));
        tagged.push_back(one->intent.tagged);
        labels.push_back(to_json(one->intent.labels));
    }
    script.add(sql::upsert_intents, params(mailbox, items, messages, tagged, labels));
}

void add_settled(pg::Script& script, MailboxId mailbox, const std::vector<AnsweredIntent>& answered)
{
    if (answered.empty())
        return;
    std::vector<std::string> items;
    std::vector<pg::Bytes> messages;
    for (const AnsweredIntent& one : answered) {
        items.push_back(one.item_id);
        if (one.message_hmac)
            messages.push_back(pg::to_bytes(*one.message_hmac));
    }
    script.add(sql::settle_intents, params(mailbox, items, messages));
}

} // namespace

void add_intents(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    add_noted(script, mailbox, plan.intents);
    if (!plan.withdrawn_intents.empty())
        script.add(sql::withdraw_intents, params(mailbox, plan.withdrawn_intents));
    if (!plan.lost_drafts.empty())
        script.add(sql::note_lost_drafts, params(mailbox, plan.lost_drafts));
    add_settled(script, mailbox, plan.answered_intents);
}

} // namespace crmsync::store
