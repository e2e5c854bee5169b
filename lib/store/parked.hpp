#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// An item that could not be handled.
struct ParkedRow {
    MailboxId mailbox;
    std::string mailbox_address;
    std::string item_id;
    std::string reason;
    std::string version;
    int attempts = 0;
    Timestamp parked_at{};
    std::optional<Timestamp> next_attempt_at;
};

/// sync.parked: items set aside with their reason. A page parks and unparks (page_store.hpp).
class Parked {
public:
    explicit Parked(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<std::vector<ParkedRow>>
    list(std::optional<MailboxId> mailbox = std::nullopt, int limit = 1000);
    boost::asio::awaitable<std::vector<ParkedRow>> due(MailboxId mailbox, int limit = 20);

    /// These were due and tried. Those that are as they were had nothing to be tried: they wait for
    /// a person or a new version.
    boost::asio::awaitable<void> rest(Fence fence, const std::vector<ParkedRow>& tried);

    /// Due now: one item by id, or all (of the mailbox); the mailboxes to wake.
    boost::asio::awaitable<std::vector<MailboxId>> retry(std::optional<MailboxId> mailbox,
                                                         std::optional<std::string> item_id);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
