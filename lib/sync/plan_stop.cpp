#include "sync/plan_stop.hpp"

#include "match/rules.hpp"

namespace crmsync::sync {

StoppedThread thread_of(const Item& item, const PrivateHash& hash)
{
    StoppedThread thread;
    thread.item_hmac = hash.item(item.key.id);
    if (item.thread.message_id.has_value() && !item.thread.message_id->empty())
        thread.message_ids.push_back(*item.thread.message_id);
    for (std::string& parent : match::parents_of(item))
        thread.message_ids.push_back(std::move(parent));
    for (const std::string& message_id : thread.message_ids)
        thread.keys.push_back(hash.message(message_id));
    if (item.thread.conversation_id.has_value()) {
        thread.conversation = hash.conversation(*item.thread.conversation_id);
        thread.keys.push_back(*thread.conversation);
    }
    return thread;
}

void plan_stop(Plan& plan, const Decided& decided, const PrivateHash& hash)
{
    const std::optional<bool>& stop = decided.decision.stop;
    if (!stop)
        return;
    LogEvent event;
    if (*stop) {
        plan.stops.push_back(thread_of(decided.item, hash));
        event.name = "thread_stopped";
    } else {
        plan.ended_stops.push_back(hash.item(decided.item.key.id));
        event.name = "stop_ended";
    }
    plan.events.push_back(std::move(event));
}

} // namespace crmsync::sync
