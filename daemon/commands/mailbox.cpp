#include "base/failure.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "mailbox_lookup.hpp"
#include "match/policy.hpp"
#include "print.hpp"
#include "providers.hpp"
#include "store/folders.hpp"
#include "store/leases.hpp"
#include "store/mailboxes.hpp"
#include "store/records.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

struct AddArguments {
    std::string address;
    std::string provider;
    std::optional<std::string> owner;
    std::optional<std::string> mode;
};

asio::awaitable<int> add(CommandRun& command, pg::Pool& pool, AddArguments arguments)
{
    const Settings& settings = command.settings();
    const bool known =
        std::any_of(settings.providers.begin(), settings.providers.end(),
                    [&](const Settings::Provider& p) { return p.name == arguments.provider; });
    if (!known)
        throw UsageError("no [[provider]] \"" + arguments.provider + "\" in the configuration");

    store::NewMailbox mailbox;
    mailbox.address = address_argument(arguments.address);
    mailbox.provider = arguments.provider;
    if (arguments.mode) {
        mailbox.mode = parse_mode(*arguments.mode);
        if (!mailbox.mode)
            throw UsageError("--mode \"" + *arguments.mode +
                             "\" is none of manual, replies, contacts, records, all");
        if (match::effective_mode(mailbox.mode, settings) != *mailbox.mode)
            throw UsageError("--mode " + *arguments.mode + " is above tracking.ceiling_mode \"" +
                             settings.tracking.ceiling_mode + "\"");
    }

    store::Mailboxes mailboxes(pool);
    const std::string address = mailbox.address.text;
    bool added = false;
    std::string said;
    if (arguments.owner) {
        store::Records records(pool);
        mailbox.owner = co_await records.find_owner(*arguments.owner);
        if (!mailbox.owner)
            throw Failure(Reaction::stop, "record.unknown",
                          "no user or team \"" + *arguments.owner +
                              "\"; crmsync record import --type user brings users in");
        added = (co_await mailboxes.add(std::move(mailbox))).has_value();
    } else {
        const auto with_user = co_await mailboxes.add_with_user(std::move(mailbox));
        added = with_user.has_value();
        if (added && with_user->made_owner)
            said = "; made the user " + address + " as its owner";
    }
    if (!added)
        throw Failure(Reaction::stop, "mailbox.exists",
                      "the mailbox " + address + " is there already");
    print_line(std::cout, "added " + address + said + "; next: crmsync mailbox enable " + address);
    co_return 0;
}

json::object as_json(const Mailbox& mailbox, const Settings& settings)
{
    const auto time = [](const std::optional<Timestamp>& at) -> json::value {
        return at ? json::value(format_timestamp(*at)) : json::value(nullptr);
    };
    json::object object;
    object["id"] = mailbox.id.value;
    object["address"] = mailbox.address.text;
    object["provider"] = mailbox.provider;
    object["kind"] = mailbox.kind;
    object["state"] = to_string(mailbox.state);
    object["mode"] = to_string(match::effective_mode(mailbox.mode, settings));
    object["mode_layer"] = mailbox.mode ? "mailbox" : "settings";
    object["owner_id"] =
        mailbox.owner ? json::value(to_string(mailbox.owner->value)) : json::value(nullptr);
    object["enabled_at"] = time(mailbox.enabled_at);
    object["last_pass_at"] = time(mailbox.last_pass_at);
    object["next_pass_at"] = time(mailbox.next_pass_at);
    object["last_failure"] =
        mailbox.last_failure ? json::value(*mailbox.last_failure) : json::value(nullptr);
    return object;
}

std::string time_or(const std::optional<Timestamp>& at, const char* otherwise)
{
    return at ? format_timestamp(std::chrono::floor<std::chrono::seconds>(*at)) : otherwise;
}

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

asio::awaitable<int> show(CommandRun& command, pg::Pool& pool, MailboxArgument named,
                          bool as_json_text)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Folders store(pool);
    const std::vector<store::FolderShown> folders = co_await store.shown(mailbox.id);
    if (as_json_text) {
        json::object object = as_json(mailbox, command.settings());
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
    const Mode mode = match::effective_mode(mailbox.mode, command.settings());
    const auto line = [](std::string_view name, std::string_view value) {
        print_line(std::cout, fmt::format("{:12}  {}", name, value));
    };
    line("address", mailbox.address.text);
    line("provider", mailbox.provider);
    line("kind", mailbox.kind);
    line("state", to_string(mailbox.state));
    line("mode", std::string(to_string(mode)) + (mailbox.mode ? " (mailbox)" : " (settings)"));
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

asio::awaitable<int> set_state(pg::Pool& pool, MailboxArgument named, MailboxState state)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Mailboxes mailboxes(pool);
    co_await mailboxes.set_state(mailbox.id, state);
    print_line(std::cout, fmt::format("{} {}", to_string(state), mailbox.address.text));
    co_return 0;
}

asio::awaitable<int> test(CommandRun& command, pg::Pool& pool, MailboxArgument named,
                          bool as_json_text)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    Providers providers(command.io().get_executor(), command.clock(), command.metrics(),
                        command.settings());
    const std::unique_ptr<Connector> connector = providers.open(mailbox);
    const std::vector<ProbeResult> results = co_await connector->probe();
    bool passed = true;
    json::array array;
    for (const ProbeResult& result : results) {
        passed = passed && result.passed;
        if (!as_json_text)
            print_line(std::cout, (result.passed ? "ok      " : "failed  ") + result.step +
                                      (result.detail.empty() ? "" : ": " + result.detail));
        json::object one;
        one["step"] = result.step;
        one["passed"] = result.passed;
        one["detail"] = result.detail;
        array.emplace_back(std::move(one));
    }
    if (as_json_text)
        print_json(std::cout, array);
    if (!passed)
        throw Failure(Reaction::stop, "mailbox.test_failed",
                      "the mailbox " + mailbox.address.text + " did not pass");
    co_return 0;
}

/// Whether the latest turn ended because the provider said how long it wants the mailbox left
/// alone, and the next one is still to come.
bool is_paused(const Mailbox& mailbox, Timestamp now)
{
    const std::string failure = mailbox.last_failure.value_or("");
    return failure.starts_with("graph.throttled:") && mailbox.next_pass_at > now;
}

asio::awaitable<int> sync_now(CommandRun& command, pg::Pool& pool, MailboxArgument named)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    if (mailbox.state != MailboxState::enabled && mailbox.state != MailboxState::stopped)
        throw Failure(Reaction::stop, "mailbox.not_enabled",
                      "the mailbox " + mailbox.address.text + " is " +
                          std::string(to_string(mailbox.state)) + "; crmsync mailbox enable first");
    if (is_paused(mailbox, command.clock().now())) {
        // Nothing would be asked before, and the attempt would count as one more that failed.
        print_line(std::cout,
                   fmt::format("not woken {}: its provider asked for a pause; it is read at {}",
                               mailbox.address.text, time_or(mailbox.next_pass_at, "")));
        co_return 0;
    }
    store::Leases leases(pool);
    co_await leases.wake(mailbox.id);
    print_line(std::cout, "woken " + mailbox.address.text);
    co_return 0;
}

asio::awaitable<int> resync(pg::Pool& pool, MailboxArgument named)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Folders folders(pool);
    co_await folders.forget_all_cursors(mailbox.id);
    store::Leases leases(pool);
    co_await leases.wake(mailbox.id);
    print_line(std::cout,
               "cursors forgotten; every folder of " + mailbox.address.text + " is read again");
    co_return 0;
}

asio::awaitable<int> remove(pg::Pool& pool, MailboxArgument named)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Mailboxes mailboxes(pool);
    const std::optional<store::RemovedMailbox> removed = co_await mailboxes.remove(mailbox.id);
    if (!removed)
        throw Failure(Reaction::stop, "mailbox.unknown",
                      "the mailbox was removed by somebody else meanwhile");
    print_line(std::cout,
               fmt::format(
                   "removed {}: {} links, {} decisions, {} owed writes; its activities stay",
                   mailbox.address.text, removed->links, removed->decisions, removed->write_backs));
    co_return 0;
}

using OnMailbox =
    std::function<asio::awaitable<int>(CommandRun&, pg::Pool&, MailboxArgument, bool json)>;

/// A command that takes one mailbox and nothing else.
void add_on_mailbox(CLI::App& parent, Invocation& invocation, const char* name, const char* help,
                    bool reads, OnMailbox action)
{
    CLI::App* command = parent.add_subcommand(name, help);
    auto named = std::make_shared<MailboxArgument>();
    command->add_option("ADDRESS", named->address, "Of the mailbox")->type_name("")->required();
    add_provider_option(*command, named->provider);
    if (reads)
        command->add_flag("--json", invocation.json, "Print JSON");
    command->footer(std::string("Example: crmsync mailbox ") + name + " ann@contoso.example");
    command->callback([&invocation, named, action] {
        invocation.action = [&invocation, named, action] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(action(run, pool, *named, invocation.json));
        };
    });
}

} // namespace

void add_mailbox_commands(CLI::App& app, Invocation& invocation)
{
    CLI::App* mailbox = app.add_subcommand("mailbox", "Mailboxes the service follows");
    mailbox->require_subcommand(0, 1);
    mailbox->footer("Example: crmsync mailbox list");

    auto arguments = std::make_shared<AddArguments>();
    CLI::App* adding =
        mailbox->add_subcommand("add", "Add a mailbox; it is not followed before it is enabled");
    adding->add_option("ADDRESS", arguments->address, "Of the mailbox")->type_name("")->required();
    adding->add_option("--provider", arguments->provider, "Name of a [[provider]]")
        ->type_name("NAME")
        ->required();
    adding
        ->add_option("--owner", arguments->owner,
                     "User or team that owns what the mailbox tracks: address or external id")
        ->type_name("USER");
    adding
        ->add_option("--mode", arguments->mode,
                     "What is tracked without a tag: manual, replies, contacts, records or all; "
                     "without it tracking.default_mode")
        ->type_name("MODE");
    adding->footer(
        "Without --owner it is the user with the mailbox's address; one is made if there is none.\n"
        "Example: crmsync mailbox add ann@contoso.example --provider contoso --mode replies");
    adding->callback([&invocation, arguments] {
        invocation.action = [&invocation, arguments] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(add(run, pool, *arguments));
        };
    });

    CLI::App* listing = mailbox->add_subcommand("list", "All mailboxes with their states");
    listing->add_flag("--json", invocation.json, "Print JSON");
    listing->footer("Example: crmsync mailbox list --json");
    listing->callback([&invocation] {
        invocation.action = [&invocation] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(list(run, pool, invocation.json));
        };
    });

    add_on_mailbox(*mailbox, invocation, "show", "One mailbox: state, folders, times, last failure",
                   true, [](CommandRun& run, pg::Pool& pool, MailboxArgument named, bool json) {
                       return show(run, pool, std::move(named), json);
                   });
    add_on_mailbox(*mailbox, invocation, "enable", "Follow it from now on", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return set_state(pool, std::move(named), MailboxState::enabled);
                   });
    add_on_mailbox(*mailbox, invocation, "disable", "Stop following it; nothing is deleted", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return set_state(pool, std::move(named), MailboxState::disabled);
                   });
    add_on_mailbox(*mailbox, invocation, "test",
                   "Try token, permissions and reading; changes nothing a person sees", true,
                   [](CommandRun& run, pg::Pool& pool, MailboxArgument named, bool json) {
                       return test(run, pool, std::move(named), json);
                   });
    add_on_mailbox(*mailbox, invocation, "sync",
                   "Wake it now, unless its provider asked for a pause: then say until when", false,
                   [](CommandRun& run, pg::Pool& pool, MailboxArgument named, bool) {
                       return sync_now(run, pool, std::move(named));
                   });
    add_on_mailbox(*mailbox, invocation, "resync",
                   "Forget its cursors and read it again; no duplicates, no untracks", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return resync(pool, std::move(named));
                   });
    add_on_mailbox(*mailbox, invocation, "remove", "Forget the mailbox; its activities stay", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return remove(pool, std::move(named));
                   });
}

} // namespace crmsync
