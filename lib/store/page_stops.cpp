#include "store/columns.hpp"
#include "store/page_script.hpp"
#include "store/statements.hpp"

namespace crmsync::store {

void add_stops(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    if (!plan.ended_stops.empty()) {
        std::vector<pg::Bytes> ended;
        for (const Sha256& hmac : plan.ended_stops)
            ended.push_back(pg::to_bytes(hmac));
        script.add(sql::end_stops, params(mailbox, ended));
    }
    if (plan.stops.empty())
        return;
    std::vector<pg::Bytes> items, of_keys, keys, of_messages, identities;
    std::vector<std::optional<pg::Bytes>> conversations;
    for (const StoppedThread& stop : plan.stops) {
        const pg::Bytes item = pg::to_bytes(stop.item_hmac);
        items.push_back(item);
        std::optional<pg::Bytes>& conversation = conversations.emplace_back();
        if (stop.conversation)
            conversation = pg::to_bytes(*stop.conversation);
        for (const Sha256& key : stop.keys) {
            of_keys.push_back(item);
            keys.push_back(pg::to_bytes(key));
        }
        for (const std::string& message_id : stop.message_ids) {
            Identity identity;
            identity.text = message_id;
            of_messages.push_back(item);
            identities.push_back(pg::to_bytes(identity_key(identity, 0)));
        }
    }
    script.add(sql::insert_stops,
               params(mailbox, items, of_keys, keys, of_messages, identities, conversations));
    script.add(sql::insert_stop_keys, params(mailbox, of_keys, keys));
}

} // namespace crmsync::store
