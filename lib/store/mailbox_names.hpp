#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "model/write_back.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// What our categories are called in one mailbox, and how far its items have got there.
struct NamesState {
    std::string language; ///< as the provider says it; empty: unknown
    std::optional<Timestamp> language_at;
    std::string written; ///< digest of the names that all linked items carry; empty: never noted
    std::string under;   ///< of those that are being put on them
    std::string after;   ///< how far that has got
    std::vector<std::string> created; ///< what the service put into the mailbox's list
    bool renaming = false;            ///< items are owed their present names
};

/// An item without a link, and the state it says by an old name.
struct UnlinkedName {
    std::string item_id;
    StateCategory state = StateCategory::none;
};

class MailboxNames {
public:
    explicit MailboxNames(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<NamesState> state(MailboxId mailbox);
    boost::asio::awaitable<void> set_language(Fence fence, std::string language);
    boost::asio::awaitable<void> set_created(Fence fence, std::vector<std::string> names);
    /// Owes the next `limit` linked items behind `after` their present names; with the last of them
    /// `names` count as written.
    boost::asio::awaitable<void> owe(Fence fence, std::string after, int limit, std::string names);
    /// Owes these items their present names; of how many that is new. One whose write was given up
    /// is left alone.
    boost::asio::awaitable<std::size_t> owe_unlinked(Fence fence, std::vector<UnlinkedName> items);
    /// Nothing had to be renamed.
    boost::asio::awaitable<void> set_written(Fence fence, std::string names);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
