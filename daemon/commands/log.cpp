#include "base/failure.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "mailbox_lookup.hpp"
#include "store/events.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// A moment, or how long ago: "2026-03-01T08:00:00Z", "2h".
Timestamp since_argument(const std::string& text, Timestamp now)
{
    if (const auto span = parse_duration(text))
        return now - *span;
    if (const auto at = parse_timestamp(text))
        return *at;
    throw UsageError("--since \"" + text +
                     "\" is neither a time (2026-03-01T08:00:00Z) nor a span (30m, 2h, 7d)");
}

void print(const store::StoredEvent& event, bool as_json_text)
{
    if (as_json_text) {
        json::object object;
        object["id"] = event.id;
        object["at"] = format_timestamp(event.at);
        object["level"] = event.level;
        object["name"] = event.name;
        object["mailbox"] =
            event.mailbox_address ? json::value(*event.mailbox_address) : json::value(nullptr);
        object["detail"] = json::parse(event.detail_json);
        std::cout << json::serialize(object) << "\n";
        return;
    }
    std::cout << format_timestamp(std::chrono::floor<std::chrono::seconds>(event.at)) << " "
              << event.level << " " << event.name;
    if (event.mailbox_address)
        std::cout << " " << *event.mailbox_address;
    if (event.detail_json != "{}")
        std::cout << " " << event.detail_json;
    std::cout << "\n";
}

asio::awaitable<int> show_log(CommandRun& command, pg::Pool& pool,
                              std::optional<std::string> address, std::optional<std::string> since,
                              bool follow, bool as_json_text)
{
    store::EventFilter filter;
    if (address)
        filter.mailbox = (co_await find_mailbox(pool, *address)).id;
    if (since)
        filter.since = since_argument(*since, command.clock().now());
    store::Events events(pool);
    if (!follow) {
        const std::vector<store::StoredEvent> stored = co_await events.read(filter);
        for (const store::StoredEvent& event : stored)
            print(event, as_json_text);
        co_return 0;
    }
    store::EventMark mark;
    while (std::cout) {
        const std::vector<store::StoredEvent> news = co_await events.follow(filter, mark);
        for (const store::StoredEvent& event : news)
            print(event, as_json_text);
        std::cout.flush();
        co_await command.clock().sleep_for(std::chrono::seconds(1));
    }
    co_return 0;
}

} // namespace

void add_log_command(CLI::App& app, Invocation& invocation)
{
    CLI::App* command = app.add_subcommand("log", "The sync log");
    auto address = std::make_shared<std::optional<std::string>>();
    auto since = std::make_shared<std::optional<std::string>>();
    auto follow = std::make_shared<bool>(false);
    command->add_option("--mailbox", *address, "Only of this mailbox")->type_name("ADDRESS");
    command->add_option("--since", *since, "A time, or how long ago: 30m, 2h, 7d")
        ->type_name("WHEN");
    command->add_flag("--follow", *follow, "Go on printing what is added, until interrupted");
    command->add_flag("--json", invocation.json, "Print JSON, an event a line");
    command->footer("Example: crmsync log --mailbox ann@contoso.example --since 2h");
    command->callback([&invocation, address, since, follow] {
        invocation.action = [&invocation, address, since, follow] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(show_log(run, pool, *address, *since, *follow, invocation.json));
        };
    });
}

} // namespace crmsync
