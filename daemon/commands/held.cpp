#include "base/failure.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "mailbox_lookup.hpp"
#include "print.hpp"
#include "store/held_untracks.hpp"
#include "store/leases.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

const char* why(const store::HeldShown& held)
{
    return held.category_gone ? "our category had gone from the mailbox's list of categories"
                              : "more were untracked within an hour than is believed";
}

asio::awaitable<int> list(pg::Pool& pool, bool as_json)
{
    store::HeldUntracks store(pool);
    const std::vector<store::HeldShown> all = co_await store.list();
    if (as_json) {
        json::array array;
        for (const store::HeldShown& held : all) {
            json::object one;
            one["address"] = held.address;
            one["provider"] = held.provider;
            one["count"] = held.count;
            one["since"] = format_timestamp(held.since);
            one["why"] = held.category_gone ? "guard_category" : "guard_many";
            array.emplace_back(std::move(one));
        }
        print_json(std::cout, array);
        co_return 0;
    }
    std::vector<std::vector<std::string>> rows;
    for (const store::HeldShown& held : all)
        rows.push_back({held.address, held.provider, std::to_string(held.count),
                        format_timestamp(std::chrono::floor<std::chrono::seconds>(held.since)),
                        why(held)});
    print_table(std::cout, {"ADDRESS", "PROVIDER", "HELD", "SINCE", "WHY"}, rows);
    co_return 0;
}

/// Marks what is wanted; the turn that carries it out looks at each item first.
asio::awaitable<int> decide(pg::Pool& pool, MailboxArgument named, store::HeldWish wish)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::HeldUntracks store(pool);
    const std::int64_t count = co_await store.want(mailbox.id, wish);
    if (count == 0)
        throw Failure(Reaction::stop, "held.none",
                      "nothing is held back for " + mailbox.address.text +
                          "; crmsync held list shows what is");
    store::Leases leases(pool);
    co_await leases.wake(mailbox.id);
    const bool runs =
        mailbox.state == MailboxState::enabled || mailbox.state == MailboxState::stopped;
    print_line(std::cout,
               fmt::format("{} {} removals of {}: {} {}",
                           wish == store::HeldWish::confirm ? "confirmed" : "rejected", count,
                           mailbox.address.text,
                           wish == store::HeldWish::confirm ? "they are untracked"
                                                            : "their categories are put back",
                           runs ? "with its next turn" : "once the mailbox is enabled again"));
    co_return 0;
}

void add_decision(CLI::App& held, Invocation& invocation, const char* name, const char* help,
                  store::HeldWish wish)
{
    CLI::App* command = held.add_subcommand(name, help);
    auto named = std::make_shared<MailboxArgument>();
    command->add_option("ADDRESS", named->address, "Of the mailbox")->type_name("")->required();
    add_provider_option(*command, named->provider);
    command->footer(std::string("Example: crmsync held ") + name + " ann@contoso.example");
    command->callback([&invocation, named, wish] {
        invocation.action = [&invocation, named, wish] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(decide(pool, *named, wish));
        };
    });
}

} // namespace

void add_held_commands(CLI::App& app, Invocation& invocation)
{
    CLI::App* held =
        app.add_subcommand("held", "Untracks that were too many at once, and wait for a word");
    held->require_subcommand(0, 1);
    held->footer("Example: crmsync held list");

    CLI::App* listing =
        held->add_subcommand("list", "Mailboxes with held removals: how many, since when, why");
    listing->add_flag("--json", invocation.json, "Print JSON");
    listing->footer("Example: crmsync held list --json");
    listing->callback([&invocation] {
        invocation.action = [&invocation] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(list(pool, invocation.json));
        };
    });
    add_decision(*held, invocation, "confirm", "They were meant: untrack all of the mailbox's",
                 store::HeldWish::confirm);
    add_decision(*held, invocation, "reject", "They were not: put the categories back on all",
                 store::HeldWish::reject);
}

} // namespace crmsync
