#include "store/page_identity.hpp"

#include "base/failure.hpp"
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

void propose(pg::Script& script, const Plan& plan, const std::vector<Open>& open)
{
    std::vector<pg::Bytes> keys, from_hashes;
    std::vector<Uuid> ids;
    std::vector<Timestamp> sent;
    for (const Open& one : open) {
        const TrackedItem& item = plan.tracked[one.index];
        keys.push_back({one.key});
        ids.push_back(item.proposed.value);
        from_hashes.push_back(pg::to_bytes(item.identity.from_hash));
        sent.push_back(item.identity.sent_at);
    }
    script.add(sql::insert_identities, params(keys, ids, from_hashes, sent));
    script.add(sql::select_identities, params(keys));
    script.add(sql::lock_identified_activities, params(keys));
}

struct Holder {
    ActivityId activity;
    std::string from_hash;
    Timestamp sent_at{};
    bool written = false;
    bool deleted = false;
    bool pending = false;
};

std::map<std::string, Holder> read_holders(const pg::Result& rows, const pg::Result& activities)
{
    std::map<Uuid, int> written; // and in which row it is told of
    for (int row = 0; row < activities.rows(); ++row)
        written.emplace(activities.get<Uuid>(row, 0), row);
    std::map<std::string, Holder> holders;
    for (int row = 0; row < rows.rows(); ++row) {
        Holder holder;
        holder.activity = ActivityId(rows.get<Uuid>(row, 1));
        holder.from_hash = rows.get<pg::Bytes>(row, 2).value;
        holder.sent_at = rows.get<Timestamp>(row, 3);
        const auto found = written.find(holder.activity.value);
        holder.written = found != written.end();
        holder.deleted = holder.written && activities.get<bool>(found->second, 1);
        holder.pending = holder.written && activities.get<bool>(found->second, 2);
        holders.emplace(rows.get<pg::Bytes>(row, 0).value, std::move(holder));
    }
    return holders;
}

bool same_message(const Holder& holder, const Identity& identity)
{
    const auto between = holder.sent_at > identity.sent_at ? holder.sent_at - identity.sent_at
                                                           : identity.sent_at - holder.sent_at;
    return holder.from_hash == bytes_of(identity.from_hash) && between <= apart;
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

    pg::Script script = transaction(fence);
    bool purged = false;
    // Each round takes every item it leaves open one key further, up to the key of its own.
    for (bool first = true; !open.empty(); first = false) {
        propose(script, plan, open);
        const std::size_t answer = script.size() - 2;
        const bool asks_blobs = first && !contents.empty();
        if (asks_blobs)
            script.add(sql::lock_blobs, params(contents));
        const std::vector<pg::Result> results = co_await advance(connection, std::move(script));
        script = pg::Script();

        const std::map<std::string, Holder> holders =
            read_holders(results[answer], results[answer + 1]);
        std::vector<Open> still_open;
        for (Open& one : open) {
            const TrackedItem& item = plan.tracked[one.index];
            const Holder& holder = holders.at(one.key);
            if (one.n <= last_reuse && !same_message(holder, item.identity)) {
                ++one.n;
                one.key = bytes_of(key_of(fence.mailbox, item, one.n));
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
