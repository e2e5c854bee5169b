#include "store/page_identity.hpp"

#include "base/failure.hpp"
#include "model/sender_hash.hpp"
#include "store/columns.hpp"
#include "store/contents.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace crmsync::store {
namespace {

constexpr int last_reuse = 8;
constexpr std::chrono::hours apart{24};

/// An item whose identity is still open, and under which key it is tried next.
struct Open {
    std::size_t index = 0;
    int n = 0;
    std::string key;
};

/// A Message-ID used more often than that, or in bad faith: the copy stands for itself. In doubt
/// two activities, never one lost; the key is the same when the item is read again.
Sha256 key_of_its_own(MailboxId mailbox, const TrackedItem& item)
{
    Identity identity;
    identity.kind = 'i';
    identity.text = fmt::format("{}:{}", mailbox.value, item.item_id);
    return identity_key(identity, 0);
}

Sha256 key_of(MailboxId mailbox, const TrackedItem& item, int n)
{
    return n <= last_reuse ? identity_key(item.identity, n) : key_of_its_own(mailbox, item);
}

/// Proposes activities and asks who won; what only joins proposes nothing. The last three
/// statements answer: identities, and the activities in two parts.
void propose(pg::Script& script, const Plan& plan, const std::vector<Open>& open)
{
    std::vector<pg::Bytes> all, joined, keys, from_hashes;
    std::vector<Uuid> ids;
    std::vector<Timestamp> sent;
    for (const Open& one : open) {
        const TrackedItem& item = plan.tracked[one.index];
        all.push_back({one.key});
        if (item.joins) {
            joined.push_back({one.key});
            continue;
        }
        keys.push_back({one.key});
        ids.push_back(item.proposed.value);
        from_hashes.push_back(pg::to_bytes(item.identity.from_hash));
        sent.push_back(item.identity.sent_at);
    }
    if (!keys.empty())
        script.add(sql::insert_identities, params(keys, ids, from_hashes, sent));
    // What is read of an activity comes after the wait for it.
    script.add(sql::select_identities, params(all));
    script.add(sql::lock_identified_activities, params(keys));
    script.add(sql::hold_joined_activities, params(joined));
}

struct Holder {
    ActivityId activity;
    Sha256 from_hash{};
    Timestamp sent_at{};
    bool written = false;
    bool deleted = false;
    bool pending = false;
};

std::map<std::string, Holder> read_holders(const pg::Result& rows, const pg::Result& locked,
                                           const pg::Result& held)
{
    struct Told {
        bool deleted = false;
        bool pending = false;
    };
    std::map<Uuid, Told> written;
    for (int row = 0; row < locked.rows(); ++row)
        written.emplace(locked.get<Uuid>(row, 0),
                        Told{locked.get<bool>(row, 1), locked.get<bool>(row, 2)});
    // A copy that joins brings no attachments. What another item of the page locked is told.
    for (int row = 0; row < held.rows(); ++row)
        written.emplace(held.get<Uuid>(row, 0), Told{held.get<bool>(row, 1), false});
    std::map<std::string, Holder> holders;
    for (int row = 0; row < rows.rows(); ++row) {
        Holder holder;
        holder.activity = ActivityId(rows.get<Uuid>(row, 1));
        holder.from_hash = read_digest(rows, row, 2);
        holder.sent_at = rows.get<Timestamp>(row, 3);
        const auto found = written.find(holder.activity.value);
        holder.written = found != written.end();
        holder.deleted = holder.written && found->second.deleted;
        holder.pending = holder.written && found->second.pending;
        holders.emplace(rows.get<pg::Bytes>(row, 0).value, std::move(holder));
    }
    return holders;
}

/// Senders of messages that were known by X.500 names only, by identity key.
using Learned = std::map<std::string, std::pair<Sha256, Sha256>>;

void learn(pg::Script& script, const Learned& learned)
{
    std::vector<pg::Bytes> keys, known, senders;
    for (const auto& [key, sender] : learned) {
        keys.push_back({key});
        known.push_back(pg::to_bytes(sender.first));
        senders.push_back(pg::to_bytes(sender.second));
    }
    if (!keys.empty())
        script.add(sql::learn_senders, params(keys, known, senders));
}

/// Whether this copy tells the address of who the others name otherwise. It is kept, so that a
/// third message with this Message-ID is told from this one.
bool names_sender(const Holder& holder, const Identity& identity)
{
    return is_x500_sender(holder.from_hash) && !is_x500_sender(identity.from_hash);
}

bool same_message(const Holder& holder, const Identity& identity)
{
    const auto between = holder.sent_at > identity.sent_at ? holder.sent_at - identity.sent_at
                                                           : identity.sent_at - holder.sent_at;
    return !senders_differ(holder.from_hash, identity.from_hash) && between <= apart;
}

std::vector<pg::Bytes> stored_contents(const Plan& plan)
{
    std::vector<const StoredAttachment*> rows;
    for (const TrackedItem& item : plan.tracked)
        for (const StoredAttachment& attachment : item.attachments)
            rows.push_back(&attachment);
    return digests_of(rows);
}

} // namespace

boost::asio::awaitable<IdentifiedPage> identify(pg::Connection& connection, Fence fence,
                                                const Plan& plan)
{
    IdentifiedPage page;
    page.items.resize(plan.tracked.size());
    std::vector<Open> open;
    std::set<ActivityId> proposed;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i) {
        proposed.insert(plan.tracked[i].proposed);
        Open& one = open.emplace_back();
        one.index = i;
        one.key = bytes_of(key_of(fence.mailbox, plan.tracked[i], 0));
    }
    const std::vector<pg::Bytes> contents = stored_contents(plan);

    pg::Script script = owning_transaction(fence);
    bool purged = false;
    // Each round takes every item it leaves open one key further, up to the key of its own, or has
    // learned the sender under its key.
    for (bool first = true; !open.empty(); first = false) {
        propose(script, plan, open);
        const std::size_t answer = script.size() - 3;
        const bool asks_blobs = first && !contents.empty();
        if (asks_blobs)
            script.add(sql::lock_blobs, params(contents));
        const std::vector<pg::Result> results = co_await advance(connection, std::move(script));
        script = pg::Script();

        const std::map<std::string, Holder> holders =
            read_holders(results[answer], results[answer + 1], results[answer + 2]);
        std::vector<Open> still_open;
        Learned learned;
        for (Open& one : open) {
            const TrackedItem& item = plan.tracked[one.index];
            const auto found = holders.find(one.key);
            if (item.joins && (found == holders.end() || !found->second.written)) {
                page.items[one.index].missing = true;
                continue;
            }
            const Holder& holder = found->second;
            if (one.n <= last_reuse && !same_message(holder, item.identity)) {
                ++one.n;
                one.key = bytes_of(key_of(fence.mailbox, item, one.n));
                still_open.push_back(std::move(one));
                continue;
            }
            if (names_sender(holder, item.identity)) {
                // Another page may be learning another one: what stands then is read again.
                learned.try_emplace(one.key, holder.from_hash, item.identity.from_hash);
                still_open.push_back(std::move(one));
                continue;
            }
            Identified& identified = page.items[one.index];
            identified.activity = holder.activity;
            identified.mine = holder.activity == item.proposed && !holder.written;
            identified.deleted = holder.deleted;
            identified.pending = holder.pending;
            purged = purged || (!holder.written && !proposed.contains(holder.activity));
        }
        open = std::move(still_open);
        learn(script, learned);
        if (asks_blobs)
            for (int row = 0; row < results.back().rows(); ++row)
                page.blobs.insert(results.back().get<pg::Bytes>(row, 0).value);
    }
    if (purged) {
        co_await connection.run(sql::rollback);
        throw Failure(Reaction::retry, "pg.serialization",
                      "an activity was purged while a copy of it was being stored");
    }
    co_return page;
}

} // namespace crmsync::store
