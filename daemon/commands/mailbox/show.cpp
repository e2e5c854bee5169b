#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/first_load_shown.hpp"
#include "commands/mailbox/mailbox_json.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "match/effective.hpp"
#include "print.hpp"
#include "store/folders.hpp"

#include <fmt/format.h>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

asio::awaitable<int> show(CommandRun& command, pg::Pool& pool, MailboxArgument named,
                          bool as_json_text)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Folders store(pool);
    const std::vector<store::FolderShown> folders = co_await store.shown(mailbox.id);
    store::FirstLoads loads(pool);
    const store::FirstLoadShown load = co_await loads.shown(mailbox.id);
    if (as_json_text) {
        json::object object = as_json(mailbox, command.settings());
        object["first_load"] = first_load_json(load);
        json::array array;
        for (const store::FolderShown& folder : folders) {
            json::object one;
            one["name"] = folder.name;
            one["well_known"] = to_string(folder.well_known);
            one["round_done_at"] = folder.round_done_at
                                       ? json::value(format_timestamp(*folder.round_done_at))
                                       : json::value(nullptr);
            one["links"] = folder.links;
            one["last_failure"] = folder.trouble.failure;
            array.emplace_back(std::move(one));
        }
        object["folders"] = std::move(array);
        print_json(std::cout, object);
        co_return 0;
    }
    const auto line = [](std::string_view name, std::string_view value) {
        print_line(std::cout, fmt::format("{:12}  {}", name, value));
    };
    line("address", mailbox.address.text);
    line("provider", mailbox.provider);
    line("kind", mailbox.kind);
    line("state", to_string(mailbox.state));
    for (const match::Choice& choice :
         match::choices(match::effective_settings(mailbox, command.settings())))
        line(choice.key, fmt::format("{} ({})", choice.value, match::to_string(choice.layer)));
    line("first load", first_load_line(load));
    line("last pass", time_or(mailbox.last_pass_at, "never"));
    line("next pass", time_or(mailbox.next_pass_at, "not planned"));
    line("last failure", mailbox.last_failure.value_or("none"));
    std::vector<std::vector<std::string>> rows;
    for (const store::FolderShown& folder : folders)
        rows.push_back({folder.name, std::string(to_string(folder.well_known)),
                        time_or(folder.round_done_at, "not read to its end yet"),
                        std::to_string(folder.links), folder.trouble.failure});
    if (!rows.empty()) {
        print_line(std::cout, "");
        print_table(std::cout, {"FOLDER", "WELL KNOWN", "IN STEP AT", "LINKS", "LAST FAILURE"},
                    rows);
    }
    co_return 0;
}

} // namespace

void add_mailbox_show(CLI::App& mailbox, Invocation& invocation)
{
    add_on_mailbox(mailbox, invocation, "show", "One mailbox: state, folders, times, last failure",
                   true, [](CommandRun& run, pg::Pool& pool, MailboxArgument named, bool json) {
                       return show(run, pool, std::move(named), json);
                   });
}

} // namespace crmsync
