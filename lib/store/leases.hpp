#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// The channel on which daemons hear that a mailbox is due; the payload is its id, or empty for
/// "look yourself".
inline constexpr const char* mailbox_due_channel = "mailbox_due";

/// sync.daemon and sync.lease: who may commit which mailbox.
class Leases {
public:
    explicit Leases(pg::Pool& pool) : pool_(pool) {}

    /// The daemon's heartbeat row; it holds what it claims until `ttl` after the last renewal.
    boost::asio::awaitable<void> register_daemon(DaemonId daemon, std::string address,
                                                 std::chrono::seconds ttl);
    /// False when the row is gone: register again, and claim again.
    boost::asio::awaitable<bool> renew(DaemonId daemon, std::chrono::seconds ttl);
    /// Gives back everything, and says so to the others.
    boost::asio::awaitable<void> resign(DaemonId daemon);

    /// Due mailboxes that are enabled (or stopped, and to be tried again) and that no living daemon
    /// holds; the longest due first. Each goes to one daemon only.
    boost::asio::awaitable<std::vector<Fence>> claim(DaemonId daemon, int limit);
    /// Due mailboxes that no living daemon holds.
    boost::asio::awaitable<std::int64_t> unclaimed();

    /// Lets one go; it is due again at `due_at`. Does nothing if the lease was lost meanwhile.
    boost::asio::awaitable<void> give_back(Fence fence, Timestamp due_at);

    /// Due now, with a NOTIFY. False when there is no such mailbox.
    boost::asio::awaitable<bool> wake(MailboxId mailbox);
    boost::asio::awaitable<void> wake(std::vector<MailboxId> mailboxes);

    boost::asio::awaitable<std::vector<Fence>> held(DaemonId daemon);

    /// Those of `working` this daemon must let go: disabled, removed, or claimed by another.
    boost::asio::awaitable<std::vector<MailboxId>> to_let_go(DaemonId daemon,
                                                             std::vector<Fence> working);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
