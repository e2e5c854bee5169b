#include "store/mailboxes.hpp"

#include "store/columns.hpp"
#include "store/leases.hpp"
#include "store/records.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace crmsync::store {
namespace {

MailboxState mailbox_state(std::string_view word)
{
    for (const MailboxState state : {MailboxState::added, MailboxState::enabled,
                                     MailboxState::disabled, MailboxState::stopped})
        if (word == to_string(state))
            return state;
    throw std::logic_error("no state of a mailbox: " + std::string(word));
}

Mailbox read_mailbox(const pg::Result& result, int row)
{
    Mailbox mailbox;
    mailbox.id = MailboxId(result.get<std::int64_t>(row, 0));
    mailbox.provider = result.get<std::string>(row, 1);
    mailbox.address.text = result.get<std::string>(row, 2);
    mailbox.kind = result.get<std::string>(row, 3);
    mailbox.owner = optional_id<RecordId>(result, row, 4);
    mailbox.state = mailbox_state(result.get<std::string_view>(row, 5));
    if (const auto mode = result.get<std::optional<std::string>>(row, 6))
        mailbox.mode = parse_mode(*mode);
    mailbox.enabled_at = result.get<std::optional<Timestamp>>(row, 7);
    mailbox.last_pass_at = result.get<std::optional<Timestamp>>(row, 8);
    mailbox.next_pass_at = result.get<std::optional<Timestamp>>(row, 9);
    mailbox.last_failure = result.get<std::optional<std::string>>(row, 10);
    mailbox.show_shared = result.get<std::optional<bool>>(row, 11);
    mailbox.sent_items = result.get<std::optional<bool>>(row, 12);
    mailbox.on_untrack = result.get<std::optional<std::string>>(row, 13);
    mailbox.object_id = result.get<std::optional<std::string>>(row, 14);
    return mailbox;
}

std::vector<Mailbox> read_mailboxes(const pg::Result& result)
{
    std::vector<Mailbox> mailboxes;
    for (int row = 0; row < result.rows(); ++row)
        mailboxes.push_back(read_mailbox(result, row));
    return mailboxes;
}

std::optional<Mailbox> read_one(const pg::Result& result)
{
    if (result.empty())
        return std::nullopt;
    return read_mailbox(result, 0);
}

pg::Params values_of(const NewMailbox& mailbox)
{
    std::optional<std::string> mode;
    if (mailbox.mode)
        mode = std::string(to_string(*mailbox.mode));
    return params(mailbox.provider, mailbox.address.text, mailbox.kind, mailbox.owner, mode);
}

} // namespace

boost::asio::awaitable<std::optional<Mailbox>> Mailboxes::add(NewMailbox mailbox)
{
    const pg::Result added = co_await pool_.run(sql::insert_mailbox, values_of(mailbox));
    co_return read_one(added);
}

boost::asio::awaitable<std::optional<AddedMailbox>> Mailboxes::add_with_user(NewMailbox mailbox)
{
    const auto connection = co_await pool_.acquire();
    co_await connection->run(sql::begin); // a failure ends the connection, and this with it
    const FoundUser user = co_await find_or_create_user(*connection, mailbox.address);
    mailbox.owner = user.id;
    const pg::Result added = co_await connection->run(sql::insert_mailbox, values_of(mailbox));
    if (added.empty()) {
        co_await connection->run(sql::rollback);
        co_return std::nullopt;
    }
    co_await connection->run(sql::commit);
    AddedMailbox made{read_mailbox(added, 0), user.created};
    co_return made;
}

boost::asio::awaitable<std::vector<Mailbox>> Mailboxes::by_address(Address address)
{
    const pg::Result found = co_await pool_.run(sql::mailboxes_by_address, params(address.text));
    co_return read_mailboxes(found);
}

boost::asio::awaitable<std::optional<Mailbox>> Mailboxes::by_id(MailboxId id)
{
    const pg::Result found = co_await pool_.run(sql::mailbox_by_id, params(id));
    co_return read_one(found);
}

boost::asio::awaitable<std::vector<Mailbox>> Mailboxes::list()
{
    const pg::Result all = co_await pool_.run(sql::list_mailboxes);
    co_return read_mailboxes(all);
}

boost::asio::awaitable<bool> Mailboxes::set_state(MailboxId id, MailboxState state,
                                                  std::optional<std::string> reason,
                                                  std::optional<Timestamp> retry_at)
{
    pg::Params values = params(id, to_string(state), reason, retry_at);
    const pg::Result changed = co_await pool_.run(sql::set_mailbox_state, std::move(values));
    if (changed.affected() == 0)
        co_return false;
    const std::vector<std::int64_t> told{id.value};
    co_await pool_.run(sql::notify_mailboxes, params(told));
    co_return true;
}

boost::asio::awaitable<std::optional<Mailbox>> Mailboxes::choose(MailboxId id, std::string key,
                                                                 std::optional<std::string> value)
{
    const pg::Result changed = co_await pool_.run(sql::choose_for_mailbox, params(id, key, value));
    std::optional<Mailbox> mailbox = read_one(changed);
    if (mailbox) {
        const std::vector<std::int64_t> told{id.value};
        co_await pool_.run(sql::notify_mailboxes, params(told));
    }
    co_return mailbox;
}

boost::asio::awaitable<std::optional<Address>> Mailboxes::learn_object_id(MailboxId id,
                                                                          std::string object_id)
{
    const pg::Result learned = co_await pool_.run(sql::learn_object_id, params(id, object_id));
    std::optional<Address> other;
    if (learned.affected() > 0)
        co_return other;
    const pg::Result found = co_await pool_.run(sql::mailbox_of_object, params(id, object_id));
    if (!found.empty())
        other = Address{found.get<std::string>(0, 0)};
    co_return other;
}

boost::asio::awaitable<bool> Mailboxes::rename(MailboxId id, Address address)
{
    const pg::Result renamed = co_await pool_.run(sql::rename_mailbox, params(id, address.text));
    co_return !renamed.empty();
}

boost::asio::awaitable<void> Mailboxes::record_passes(std::vector<PassTimes> passes)
{
    if (passes.empty())
        co_return;
    std::vector<std::int64_t> ids;
    std::vector<std::optional<Timestamp>> last, next;
    std::vector<std::optional<std::string>> failures;
    for (PassTimes& pass : passes) {
        ids.push_back(pass.mailbox.value);
        last.push_back(pass.last_pass_at);
        next.push_back(pass.next_pass_at);
        failures.push_back(std::move(pass.last_failure));
    }
    co_await pool_.run(sql::record_passes, params(ids, last, next, failures));
}

boost::asio::awaitable<std::optional<RemovedMailbox>> Mailboxes::remove(MailboxId id)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction();
    script.add(sql::lock_lease, params(id));
    script.add(sql::remove_mailbox, params(id));
    const std::vector<pg::Result> results = co_await complete(*connection, std::move(script));
    if (results[1].empty())
        co_return std::nullopt;
    RemovedMailbox removed;
    removed.links = results[2].get<std::int64_t>(0, 0);
    removed.decisions = results[2].get<std::int64_t>(0, 1);
    removed.write_backs = results[2].get<std::int64_t>(0, 2);
    // The daemon that holds it looks at its leases and lets go.
    co_await connection->run(sql::notify_all);
    co_return removed;
}

boost::asio::awaitable<void> Mailboxes::remember_own_categories(std::vector<OwnCategory> categories)
{
    std::vector<std::string> names, meanings;
    for (OwnCategory& category : categories) {
        names.push_back(std::move(category.name));
        meanings.push_back(std::move(category.meaning));
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction();
    script.add(sql::remember_own_categories, params(names, meanings));
    script.add(sql::retire_own_categories, params(names, meanings));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<std::vector<OwnCategory>> Mailboxes::own_categories()
{
    const pg::Result all = co_await pool_.run(sql::own_categories);
    std::vector<OwnCategory> categories;
    for (int row = 0; row < all.rows(); ++row) {
        OwnCategory category;
        category.name = all.get<std::string>(row, 0);
        category.meaning = all.get<std::string>(row, 1);
        category.retired = all.get<bool>(row, 2);
        categories.push_back(std::move(category));
    }
    co_return categories;
}

} // namespace crmsync::store
