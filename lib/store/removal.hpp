#pragma once

#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace crmsync::store {

/// What the clearing of a mailbox's categories knows of its rows. The mailbox is disabled.
class Removal {
public:
    explicit Removal(pg::Pool& pool) : pool_(pool) {}

    /// Whether a daemon still works on it, or may.
    boost::asio::awaitable<bool> is_held(MailboxId mailbox);
    /// From now on what a daemon still commits finds its lease lost.
    boost::asio::awaitable<void> take_lease_away(MailboxId mailbox);

    /// Ids of linked items behind `after`, in order.
    boost::asio::awaitable<std::vector<std::string>> linked_after(MailboxId mailbox,
                                                                  std::string after, int limit);
    /// That our categories are missing on these items is no untrack from now on.
    boost::asio::awaitable<void> expect_no_categories(MailboxId mailbox,
                                                      std::vector<std::string> items);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
