#include "command_run.hpp"
#include "commands/mailbox/mailbox_json.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "match/effective.hpp"
#include "print.hpp"
#include "store/mailboxes.hpp"

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

asio::awaitable<int> list(CommandRun& command, pg::Pool& pool, bool as_json_text)
{
    store::Mailboxes store(pool);
    const std::vector<Mailbox> mailboxes = co_await store.list();
    if (as_json_text) {
        json::array array;
        for (const Mailbox& mailbox : mailboxes)
            array.emplace_back(as_json(mailbox, command.settings()));
        print_json(std::cout, array);
        co_return 0;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Mailbox& mailbox : mailboxes)
        rows.push_back(
            {mailbox.address.text, mailbox.provider, std::string(to_string(mailbox.state)),
             std::string(to_string(match::effective_mode(mailbox.mode, command.settings()))),
             time_or(mailbox.last_pass_at, "never"), mailbox.last_failure.value_or("")});
    print_table(std::cout, {"ADDRESS", "PROVIDER", "STATE", "MODE", "LAST PASS", "LAST FAILURE"},
                rows);
    co_return 0;
}

} // namespace

void add_mailbox_list(CLI::App& mailbox, Invocation& invocation)
{
    CLI::App* listing = mailbox.add_subcommand("list", "All mailboxes with their states");
    listing->add_flag("--json", invocation.json, "Print JSON");
    listing->footer("Example: crmsync mailbox list --json");
    listing->callback([&invocation] {
        invocation.action = [&invocation] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(list(run, pool, invocation.json));
        };
    });
}

} // namespace crmsync
