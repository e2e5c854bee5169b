#pragma once

#include "sync/decided.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <vector>

namespace crmsync::sync {

/// The ledger rows of one item's attachments, and which of them still want their contents.
struct Ledger {
    std::string item_id;
    std::vector<StoredAttachment> rows;
    struct Wanted {
        std::size_t row;
        AttachmentRef ref;
    };
    std::vector<Wanted> wanted{};
    bool unavailable = false; ///< the contents of one cannot be had now; later they may
    bool purged = false;      ///< one was listed and is not there any more
};

/// Says of each attachment what becomes of it under the policy in force; fetches nothing.
Ledger make_ledger(const FetchedBody& fetched, const Settings::Attachments& policy);

/// Fetches what is wanted, of all of them together, within the room that all contents of the
/// process have; each row keeps its part of that room until it is stored.
boost::asio::awaitable<void> fetch_contents(const TurnContext& context,
                                            std::vector<Ledger*> ledgers);

} // namespace crmsync::sync
