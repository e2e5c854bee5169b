#include "base/failure.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "mailbox_lookup.hpp"
#include "print.hpp"
#include "store/events.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr int shown_at_once = 200;

/// A moment, a day, or how long ago: "2026-03-01T08:00:00Z", "2026-03-01", "2h".
Timestamp since_argument(const std::string& text, Timestamp now)
{
    if (const auto span = parse_duration(text))
        return now - *span;
    if (const auto at = parse_timestamp(text))
        return *at;
    if (const auto midnight = parse_timestamp(text + "T00:00:00Z"))
        return *midnight;
    throw UsageError(
        "--since \"" + text +
        "\" is neither a time (2026-03-01 or 2026-03-01T08:00:00Z) nor a span (30m, 2h, 7d)");
}

void print(const store::StoredEvent& event, bool as_json_text)
{
    if (as_json_text) {
        json::object object;
        object["id"] = event.id;
        object["at"] = format_timestamp(event.at);
        object["level"] = event.level;
        object["name"] = event.name;
        object["mailbox_id"] =
            event.mailbox ? json::value(event.mailbox->value) : json::value(nullptr);
        object["mailbox"] =
            event.mailbox_address ? json::value(*event.mailbox_address) : json::value(nullptr);
        object["detail"] = json::parse(event.detail_json);
        print_json(std::cout, object);
        return;
    }
    std::string line = fmt::format(
        "{} {} {}", format_timestamp(std::chrono::floor<std::chrono::seconds>(event.at)),
        event.level, event.name);
    if (event.mailbox_address)
        line += " " + *event.mailbox_address;
    if (event.detail_json != "{}")
        line += " " + event.detail_json;
    print_line(std::cout, line);
}

asio::awaitable<void> print_newest(store::Events& events, store::EventFilter filter,
                                   bool as_json_text)
{
    filter.limit = shown_at_once + 1; // one more tells that there are more
    const std::vector<store::StoredEvent> stored = co_await events.read(filter);
    const bool cut = stored.size() > static_cast<std::size_t>(shown_at_once);
    for (std::size_t i = cut ? 1 : 0; i < stored.size(); ++i)
        print(stored[i], as_json_text);
    std::cout.flush();
    if (cut)
        std::cerr << "crmsync: only the newest " << shown_at_once
                  << " are shown; --since 7d, for one, shows all of that time\n";
}

asio::awaitable<int> show_log(CommandRun& command, pg::Pool& pool, MailboxArgument named,
                              std::optional<std::string> since, bool follow, bool as_json_text)
{
    store::EventFilter filter;
    filter.limit = shown_at_once;
    if (!named.address.empty())
        filter.mailbox = (co_await find_mailbox(pool, std::move(named))).id;
    if (since)
        filter.since = since_argument(*since, command.clock().now());
    store::Events events(pool);
    if (!follow && !since) {
        co_await print_newest(events, filter, as_json_text);
        co_return 0;
    }
    store::EventMark mark;
    while (std::cout) {
        const std::vector<store::StoredEvent> news = co_await events.follow(filter, mark);
        for (const store::StoredEvent& event : news)
            print(event, as_json_text);
        std::cout.flush();
        if (static_cast<int>(news.size()) == filter.limit)
            continue;
        if (!follow)
            break;
        co_await command.clock().sleep_for(std::chrono::seconds(1));
    }
    co_return 0;
}

} // namespace

void add_log_command(CLI::App& app, Invocation& invocation)
{
    CLI::App* command = app.add_subcommand("log", "The sync log");
    auto named = std::make_shared<MailboxArgument>();
    auto since = std::make_shared<std::optional<std::string>>();
    auto follow = std::make_shared<bool>(false);
    CLI::Option* mailbox = command->add_option("--mailbox", named->address, "Only of this mailbox")
                               ->type_name("ADDRESS");
    add_provider_option(*command, named->provider)->needs(mailbox);
    command
        ->add_option("--since", *since,
                     "All since a time, or how long ago: 2026-03-01, 30m, 2h, 7d; without it the "
                     "newest 200")
        ->type_name("WHEN");
    command->add_flag("--follow", *follow, "Go on printing what is added, until interrupted");
    command->add_flag("--json", invocation.json, "Print JSON, an event a line");
    command->footer("Example: crmsync log --mailbox ann@contoso.example --since 2h");
    command->callback([&invocation, named, since, follow] {
        invocation.action = [&invocation, named, since, follow] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(show_log(run, pool, *named, *since, *follow, invocation.json));
        };
    });
}

} // namespace crmsync
