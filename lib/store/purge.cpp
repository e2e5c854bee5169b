#include "model/plan.hpp"
#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"
#include "store/untracks.hpp"

#include <map>
#include <set>
#include <utility>

namespace crmsync::store {
namespace {

constexpr int last_reuse = 8;

/// The keys of each Message-ID that was purged, n = 0 … 8.
using Chains = std::map<std::string, std::vector<std::string>>;

Chains chains_of(const pg::Result& tombstones)
{
    Chains chains;
    for (int row = 0; row < tombstones.rows(); ++row) {
        const auto message_id = tombstones.get<std::optional<std::string>>(row, 1);
        if (!message_id || chains.contains(*message_id))
            continue;
        Identity identity;
        identity.text = *message_id;
        std::vector<std::string>& keys = chains[*message_id];
        for (int n = 0; n <= last_reuse; ++n)
            keys.emplace_back(bytes_of(identity_key(identity, n)));
    }
    return chains;
}

/// Moves later keys of a Message-ID into the holes that the purge left: a look-up stops at the
/// first key that is not there.
void close_holes(pg::Script& script, const Chains& chains, const pg::Result& left)
{
    std::set<std::string> there;
    for (int row = 0; row < left.rows(); ++row)
        there.insert(left.get<pg::Bytes>(row, 0).value);
    std::vector<pg::Bytes> from, to;
    for (const auto& [message_id, keys] : chains) {
        std::size_t hole = 0;
        for (const std::string& key : keys) {
            if (!there.contains(key))
                continue;
            if (keys[hole] != key) {
                from.push_back({key});
                to.push_back({keys[hole]});
            }
            ++hole;
        }
    }
    // One by one, the lowest first: a key is only free once its holder has moved on.
    for (std::size_t i = 0; i < from.size(); ++i) {
        const std::vector<pg::Bytes> one_from(1, from[i]), one_to(1, to[i]);
        script.add(sql::move_identities, params(one_from, one_to));
    }
}

} // namespace

boost::asio::awaitable<int> Untracks::purge(int limit)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction();
    script.add(sql::tombstones_to_purge, params(limit));
    const std::vector<pg::Result> found = co_await advance(*connection, std::move(script));
    const pg::Result& tombstones = found.back();
    std::vector<Uuid> ids;
    for (int row = 0; row < tombstones.rows(); ++row)
        ids.push_back(tombstones.get<Uuid>(row, 0));
    const Chains chains = chains_of(tombstones);
    std::vector<pg::Bytes> chain_keys;
    for (const auto& [message_id, keys] : chains)
        for (const std::string& key : keys)
            chain_keys.push_back({key});

    script = pg::Script();
    script.add(sql::purge_identities, params(ids));
    script.add(sql::purge_activities, params(ids));
    script.add(sql::purge_links, params(ids));
    script.add(sql::identities_left, params(chain_keys));
    const std::vector<pg::Result> purged = co_await advance(*connection, std::move(script));
    std::vector<pg::Bytes> contents;
    for (int row = 0; row < purged[1].rows(); ++row)
        contents.push_back(purged[1].get<pg::Bytes>(row, 0));

    script = pg::Script();
    close_holes(script, chains, purged[3]);
    script.add(sql::lock_unused_blobs, params(contents));
    script.add(sql::purge_blobs, params(contents));
    co_await complete(*connection, std::move(script));
    co_return static_cast<int>(ids.size());
}

} // namespace crmsync::store
