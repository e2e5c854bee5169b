// Whose mailbox it is: which account of the directory, and which installation follows it. Asked
// when a process begins to work on the mailbox, and once a day after that.
#include "base/log.hpp"
#include "schedule/fleet.hpp"
#include "schedule/held.hpp"
#include "sync/mailbox_mark.hpp"
#include "sync/note_event.hpp"

#include <algorithm>

namespace crmsync::schedule {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::hours ask_again{24};
constexpr std::chrono::seconds just_heard{5}; ///< in the same turn, most of the time

bool may_pass(const Failure& failure)
{
    return failure.reaction() == Reaction::retry || failure.reaction() == Reaction::wait;
}

/// Not at each poll, which has three requests of its own. A refusal lasts longer.
std::chrono::minutes try_again_after(const Failure& failure)
{
    return std::chrono::minutes(may_pass(failure) ? 5 : 60);
}

} // namespace

asio::awaitable<void> Fleet::look_whose_it_is(Held& held)
{
    if (options_.installation.empty())
        co_return;
    // Nothing is left in a mailbox before it is known whose it is by now.
    if (std::min(held.account_due, held.mark_due) <= clock_.now()) {
        const std::optional<Failure> unheard = co_await settle_account(held);
        // One that never answers need not hold the mark.
        if (unheard && held.mailbox.object_id && may_pass(*unheard))
            held.mark_due = std::max(held.mark_due, held.account_due);
    }
    if (held.mark_due <= clock_.now())
        co_await settle_mark(held);
}

/// The mailbox looks like another one: it may be, under the same address. In busy ones it does now
/// and then without being one.
asio::awaitable<void> Fleet::expect_same_account(Held& held)
{
    if (held.account_heard_at && clock_.now() - *held.account_heard_at < just_heard)
        co_return;
    const std::optional<Failure> unheard = co_await settle_account(held);
    if (unheard && held.mailbox.object_id && may_pass(*unheard))
        throw Failure(*unheard);
}

/// Learns the account behind the address, which survives a change of the address. Tenants need not
/// let us read the directory: then the mailbox is followed by its address alone. What keeps the
/// mailbox from being asked shows again in the turn, which says it. Throws where the address was
/// given to somebody else, whose mail nobody asked us to read.
/// Why the directory was not heard is returned.
asio::awaitable<std::optional<Failure>> Fleet::settle_account(Held& held)
{
    std::optional<AccountAnswer> answer;
    std::optional<Failure> unheard;
    try {
        answer = co_await held.connector->account(std::string());
        held.account_heard_at = clock_.now();
        held.account_due = clock_.now() + ask_again;
    } catch (const Failure& failure) {
        if (failure.reaction() == Reaction::give_back)
            throw;
        held.account_due = clock_.now() + try_again_after(failure);
        unheard = failure;
        log::debug(log::Area::schedule, "the directory was not heard",
                   {{"mailbox", held.mailbox.id.value}, {"failure", failure.name()}});
    }
    const auto* account = answer ? std::get_if<Account>(&*answer) : nullptr;
    if (!account || held.mailbox.object_id == account->object_id)
        co_return unheard;
    if (held.mailbox.object_id) {
        held.account_due = Timestamp();
        held.account_heard_at.reset();
        throw Failure(Reaction::stop, "mailbox.other_account",
                      "the address " + held.mailbox.address.text +
                          " belongs to another account now; if that mailbox is to be followed: "
                          "crmsync mailbox remove it, then add it again");
    }
    store::Mailboxes mailboxes(pool_);
    const std::optional<Address> other =
        co_await mailboxes.learn_object_id(held.mailbox.id, account->object_id);
    if (!other) {
        held.mailbox.object_id = account->object_id;
        co_return unheard;
    }
    log::warn(log::Area::schedule, "two addresses of one mailbox are followed; remove one",
              {{"mailbox", held.mailbox.id.value}});
    boost::json::object detail;
    detail["address"] = other->text;
    co_await sync::note_event(pool_, held.mailbox.id, "warn", "mailbox_twice", std::move(detail));
    co_return unheard;
}

/// A mailbox that another installation follows is not read. That the mark cannot be looked at or
/// left stops nobody.
asio::awaitable<void> Fleet::settle_mark(Held& held)
{
    bool missing = false;
    try {
        const sync::MarkReport report = co_await sync::ensure_mark(
            *held.connector, options_.installation, held.mailbox.address.text);
        held.mark_due = clock_.now() + ask_again;
        if (!report.not_left.empty())
            log::debug(log::Area::schedule, "the mailbox keeps no mark of this installation",
                       {{"mailbox", held.mailbox.id.value}});
    } catch (const Failure& failure) {
        if (failure.name() == "mailbox.marked_elsewhere" ||
            failure.reaction() == Reaction::give_back)
            throw;
        missing = failure.name() == "graph.mailbox_missing";
        held.mark_due = clock_.now() + try_again_after(failure);
        log::debug(log::Area::schedule, "the mark of this installation could not be looked at",
                   {{"mailbox", held.mailbox.id.value}, {"failure", failure.name()}});
    }
    // Links that were kept may go on telling changes under an address that is no more.
    if (missing)
        co_await follow_rename(held);
}

/// Whether the account's mailbox is to be had by another address now; then it is followed there.
/// The new one is tried before anything is changed: an account without a mailbox has addresses too.
/// Throws nothing.
asio::awaitable<bool> Fleet::follow_rename(Held& held)
{
    if (!held.mailbox.object_id || !held.connector)
        co_return false;
    try {
        const AccountAnswer answer = co_await held.connector->account(*held.mailbox.object_id);
        const auto* account = std::get_if<Account>(&answer);
        if (!account || account->object_id != *held.mailbox.object_id)
            co_return false;
        for (const std::string& address : account->addresses) {
            if (address == held.mailbox.address.text)
                continue;
            Mailbox renamed = held.mailbox;
            renamed.address = Address{address};
            std::unique_ptr<Connector> connector = connectors_(renamed);
            co_await connector->read_mark(); // throws where there is no mailbox
            store::Mailboxes mailboxes(pool_);
            const bool free = co_await mailboxes.rename(renamed.id, renamed.address);
            boost::json::object detail;
            detail["from"] = held.mailbox.address.text;
            detail["to"] = address;
            if (!free) {
                log::warn(log::Area::schedule,
                          "a mailbox has a new address under which another one is followed",
                          {{"mailbox", renamed.id.value}});
                co_await sync::note_event(pool_, renamed.id, "warn", "mailbox_rename_refused",
                                          std::move(detail));
                co_return false;
            }
            log::info(log::Area::schedule, "the mailbox has a new address",
                      {{"mailbox", renamed.id.value}});
            held.mailbox = std::move(renamed);
            held.connector = std::move(connector);
            co_await sync::note_event(pool_, held.mailbox.id, "info", "mailbox_renamed",
                                      std::move(detail));
            co_return true;
        }
    } catch (const Failure& failure) {
        // Not found by its account either; the turn's own failure says what there is to say.
        log::debug(log::Area::schedule, "the mailbox could not be found by its account",
                   {{"mailbox", held.mailbox.id.value}, {"failure", failure.name()}});
    }
    co_return false;
}

} // namespace crmsync::schedule
