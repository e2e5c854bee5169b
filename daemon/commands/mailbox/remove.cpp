#include "base/deadline.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/mailbox_connector.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "print.hpp"
#include "store/installation.hpp"
#include "store/mailboxes.hpp"
#include "store/removal.hpp"
#include "sync/clear_categories.hpp"
#include "sync/mailbox_mark.hpp"
#include "sync/present_names.hpp"

#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <set>

namespace crmsync {

namespace asio = boost::asio;

namespace {

/// How long a removal waits for a provider only to take the mark away.
constexpr std::chrono::seconds patience{10};
/// How long for the service to let go. What it does after that finds its lease lost.
constexpr std::chrono::seconds let_go_within{15};

constexpr int items_at_once = 100;
constexpr int told_every = 1'000;

/// Disabled, so that nobody sets a category while they are taken off.
asio::awaitable<void> take_from_service(CommandRun& command, pg::Pool& pool, MailboxId mailbox)
{
    store::Mailboxes mailboxes(pool);
    co_await mailboxes.set_state(mailbox, MailboxState::disabled);
    store::Removal removal(pool);
    const Timestamp until = command.clock().now() + let_go_within;
    while (command.clock().now() < until && co_await removal.is_held(mailbox))
        co_await command.clock().sleep_for(std::chrono::milliseconds(100));
    co_await removal.take_lease_away(mailbox);
}

asio::awaitable<void> clear_linked(pg::Pool& pool, const Mailbox& mailbox,
                                   sync::CategoryClearing& clearing)
{
    store::Mailboxes mailboxes(pool);
    store::Removal removal(pool);
    std::string after;
    for (;;) {
        std::vector<std::string> items =
            co_await removal.linked_after(mailbox.id, after, items_at_once);
        if (items.empty())
            break;
        after = items.back();
        const std::optional<Mailbox> now = co_await mailboxes.by_id(mailbox.id);
        if (!now || now->state != MailboxState::disabled)
            throw Failure(Reaction::stop, "mailbox.enabled_meanwhile",
                          "the mailbox " + mailbox.address.text +
                              " was enabled or removed by somebody else meanwhile");
        co_await removal.expect_no_categories(mailbox.id, items);
        std::vector<ItemKey> keys;
        for (std::string& item : items)
            keys.push_back(ItemKey{mailbox.id, std::move(item)});
        const int before = clearing.report().looked_at;
        co_await clearing.clear(std::move(keys));
        const int looked_at = clearing.report().looked_at;
        if (looked_at / told_every != before / told_every)
            print_line(std::cout, fmt::format("{} items looked at, {} cleared so far", looked_at,
                                              clearing.report().cleared));
    }
}

/// In whatever language, and from before the settings changed; each once.
asio::awaitable<std::vector<match::OtherName>> all_our_names(pg::Pool& pool,
                                                             Settings::Tracking tracking)
{
    std::vector<match::OtherName> all = sync::all_names(tracking);
    const std::vector<match::OtherName> ever_used = co_await sync::names_ever_used(pool);
    all.insert(all.end(), ever_used.begin(), ever_used.end());
    std::set<std::string> seen;
    std::erase_if(all, [&](const match::OtherName& name) {
        return !seen.insert(name_key(name.name)).second;
    });
    co_return all;
}

/// Can be interrupted: the mailbox stays, disabled, and the same command does the rest.
asio::awaitable<void> clear(CommandRun& command, pg::Pool& pool, const Mailbox& mailbox,
                            Connector& connector)
{
    co_await take_from_service(command, pool, mailbox.id);
    const std::vector<match::OtherName> names =
        co_await all_our_names(pool, command.settings().tracking);
    const match::Policy policy = match::make_policy(command.settings(), names);
    sync::CategoryClearing clearing(connector, command.clock(), policy);
    co_await clear_linked(pool, mailbox, clearing);
    std::vector<CategorySearch> searches;
    for (const match::OtherName& name : names)
        searches.push_back({name.name, name.state == StateCategory::none});
    for (CategorySearch& search : searches)
        co_await clearing.clear_found(std::move(search));
    co_await clearing.clear_master_list();
    const sync::ClearReport& report = clearing.report();
    print_line(std::cout,
               fmt::format("categories taken off {} items{}", report.cleared,
                           report.refused > 0 ? fmt::format("; {} items take no change and keep "
                                                            "theirs",
                                                            report.refused)
                                              : std::string()));
}

/// Why the mark stays; empty where it does not.
asio::awaitable<std::string> take_mark(CommandRun& command, const Mailbox& mailbox,
                                       std::string installation)
{
    std::string why;
    try {
        MailboxConnector connector(command, mailbox);
        co_await within(command.clock(), patience,
                        sync::take_mark_away(*connector, std::move(installation)));
    } catch (const UsageError& mistake) {
        why = mistake.what();
    } catch (const Failure& failure) {
        why = failure.message();
    }
    co_return why;
}

asio::awaitable<int> remove(CommandRun& command, pg::Pool& pool, MailboxArgument named,
                            bool clear_categories)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    if (clear_categories) {
        MailboxConnector connector(command, mailbox);
        co_await clear(command, pool, mailbox, *connector);
    }
    store::Installation installation(pool);
    std::string ours = co_await installation.id();
    const std::string mark_stays = co_await take_mark(command, mailbox, std::move(ours));
    store::Mailboxes mailboxes(pool);
    const std::optional<store::RemovedMailbox> removed = co_await mailboxes.remove(mailbox.id);
    if (!removed)
        throw Failure(Reaction::stop, "mailbox.unknown",
                      "the mailbox was removed by somebody else meanwhile");
    print_line(std::cout,
               fmt::format(
                   "removed {}: {} links, {} decisions, {} owed writes; its activities stay",
                   mailbox.address.text, removed->links, removed->decisions, removed->write_backs));
    if (!mark_stays.empty())
        print_line(std::cout, "the mark of this installation stays in it: " + mark_stays);
    co_return 0;
}

} // namespace

void add_mailbox_remove(CLI::App& mailbox, Invocation& invocation)
{
    auto clear_categories = std::make_shared<bool>(false);
    CLI::App* removing = add_on_mailbox(
        mailbox, invocation, "remove", "Forget the mailbox; its activities stay", false,
        [clear_categories](CommandRun& run, pg::Pool& pool, MailboxArgument named, bool) {
            return remove(run, pool, std::move(named), *clear_categories);
        });
    removing->add_flag("--clear-categories", *clear_categories,
                       "First take our categories off its items and its list; may take long, and "
                       "goes on when it is given again");
}

} // namespace crmsync
