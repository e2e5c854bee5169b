#include "sync/plan_intent.hpp"

namespace crmsync::sync {

namespace {

std::optional<Sha256> message_hmac(const Item& item, const PrivateHash& hash)
{
    if (!item.thread.message_id.has_value())
        return std::nullopt;
    return hash.message(*item.thread.message_id);
}

} // namespace

void plan_intent(Plan& plan, const Decided& decided, const PrivateHash& hash)
{
    const Item& item = decided.item;
    const std::optional<Intent>& wanted = decided.decision.intent;
    if (!std::holds_alternative<Message>(item.detail))
        return;
    if (item.message().draft.value_or(false)) {
        if (wanted)
            plan.intents.push_back({item.key.id, message_hmac(item, hash), *wanted});
        else if (decided.known.intent)
            plan.withdrawn_intents.push_back(item.key.id);
        return;
    }
    // While an answer to it waits to be written it was not looked at.
    if (decided.known.intent && !decided.known.owed)
        plan.answered_intents.push_back({item.key.id, message_hmac(item, hash)});
}

} // namespace crmsync::sync
