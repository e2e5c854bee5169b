#pragma once

#include "model/mailbox.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

struct NewMailbox {
    std::string provider;
    Address address;
    std::string kind = "user"; ///< user, shared
    std::optional<RecordId> owner;
    std::optional<Mode> mode;
};

struct AddedMailbox {
    Mailbox mailbox;
    bool made_owner = false; ///< there was no user with its address
};

/// What became of one mailbox since its times were last recorded.
struct PassTimes {
    MailboxId mailbox;
    std::optional<Timestamp> last_pass_at; ///< nothing: keeps what is there
    std::optional<Timestamp> next_pass_at;
    std::optional<std::string> last_failure; ///< nothing: the last pass went well
};

/// A name of ours ever put into a mailbox: it stays ours after a change of the settings.
struct OwnCategory {
    std::string name;
    std::string meaning; ///< track, tracked, review, refused, failed, regarding_prefix
    bool retired = false;
};

/// What a removed mailbox left behind.
struct RemovedMailbox {
    std::int64_t links = 0;
    std::int64_t decisions = 0;
    std::int64_t write_backs = 0;
};

/// sync.mailbox: which mailboxes the service follows, and how they are.
class Mailboxes {
public:
    explicit Mailboxes(pg::Pool& pool) : pool_(pool) {}

    /// Nothing when the provider's mailbox is there already.
    boost::asio::awaitable<std::optional<Mailbox>> add(NewMailbox mailbox);
    /// The same, owned by the user with its address; one is made where there is none.
    boost::asio::awaitable<std::optional<AddedMailbox>> add_with_user(NewMailbox mailbox);

    /// By address; one address may be followed at several providers.
    boost::asio::awaitable<std::vector<Mailbox>> by_address(Address address);
    boost::asio::awaitable<std::optional<Mailbox>> by_id(MailboxId id);
    boost::asio::awaitable<std::vector<Mailbox>> list();

    /// `enabled` makes it due now and tells the daemons. `disabled` tells them to let go.
    /// `stopped` keeps the reason and makes it due again at `retry_at` (a day later where not
    /// given). False when there is no such mailbox.
    boost::asio::awaitable<bool> set_state(MailboxId id, MailboxState state,
                                           std::optional<std::string> reason = std::nullopt,
                                           std::optional<Timestamp> retry_at = std::nullopt);

    /// Tells it a word of its own (see match::refuse_choice), or takes that away, and tells the
    /// daemons. Nothing when there is no such mailbox.
    boost::asio::awaitable<std::optional<Mailbox>> choose(MailboxId id, std::string key,
                                                          std::optional<std::string> value);

    /// Remembers the provider's own id. Where another mailbox has it, that one's address: both are
    /// the same mailbox, and nothing is changed.
    boost::asio::awaitable<std::optional<Address>> learn_object_id(MailboxId id,
                                                                   std::string object_id);
    /// Its address has changed at the provider; links and all else stay. False where another
    /// mailbox of the provider has the address: nothing is changed then.
    boost::asio::awaitable<bool> rename(MailboxId id, Address address);

    /// Many mailboxes in one statement: an idle round costs no transaction of its own. A stopped
    /// mailbox whose pass went well is enabled again.
    boost::asio::awaitable<void> record_passes(std::vector<PassTimes> passes);

    /// Deletes links, cursors, decisions, owed writes and pins; activities and owners stay.
    /// Waits for a page of it that is being committed. Nothing when there is no such mailbox.
    boost::asio::awaitable<std::optional<RemovedMailbox>> remove(MailboxId id);

    /// Remembers names as ours; a name that was retired comes back, and names of these meanings
    /// that are not given are retired.
    boost::asio::awaitable<void> remember_own_categories(std::vector<OwnCategory> categories);
    boost::asio::awaitable<std::vector<OwnCategory>> own_categories();

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
