#include "base/failure.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "print.hpp"
#include "providers.hpp"
#include "store/installation.hpp"
#include "store/mailboxes.hpp"
#include "store/references.hpp"
#include "sync/mailbox_mark.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <vector>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

struct Line {
    std::string object; ///< what was checked: "configuration", "database", "provider contoso"
    ProbeResult result;
};

Line line(std::string object, std::string step, bool passed, std::string detail = {})
{
    return Line{std::move(object), ProbeResult{std::move(step), passed, std::move(detail)}};
}

/// Through the mailbox every step is tried; without one the token only.
asio::awaitable<std::vector<ProbeResult>> probe(CommandRun& command, Providers& providers,
                                                std::string provider, const Mailbox* mailbox,
                                                std::string without)
{
    if (mailbox) {
        const std::unique_ptr<Connector> connector = providers.open(*mailbox);
        std::vector<ProbeResult> results = co_await connector->probe();
        const bool passed = std::all_of(results.begin(), results.end(),
                                        [](const ProbeResult& result) { return result.passed; });
        if (passed) {
            store::Installation installation(command.database());
            std::string ours = co_await installation.id();
            results.push_back(
                co_await sync::probe_mark(*connector, std::move(ours), mailbox->address.text));
        }
        co_return results;
    }
    ProbeResult token = co_await providers.try_token(std::move(provider));
    if (token.passed)
        token.detail += "; " + without + ", so nothing else was tried";
    std::vector<ProbeResult> results;
    results.push_back(std::move(token));
    co_return results;
}

/// One by one: a mistake in one provider's credentials does not hide what is wrong with another.
void check_provider(CommandRun& command, const Settings::Provider& provider, const Mailbox* mailbox,
                    const std::string& without, std::vector<Line>& lines)
{
    const std::string object = "provider " + provider.name;
    Settings only_this = command.settings();
    only_this.providers.assign(1, provider);
    try {
        Providers providers(command.io().get_executor(), command.clock(), command.metrics(),
                            only_this);
        for (ProbeResult& result :
             command.run(probe(command, providers, provider.name, mailbox, without)))
            lines.push_back(Line{object, std::move(result)});
    } catch (const UsageError& mistake) {
        lines.push_back(line(object, "credentials", false, mistake.what()));
    } catch (const Failure& failure) {
        lines.push_back(line(object, "connection", false, failure.message()));
    }
}

/// Every reference that the schema does not keep by itself.
asio::awaitable<void> check_references(CommandRun& command, std::vector<Line>& lines)
{
    pg::ConnectionOptions options;
    options.url = command.settings().database.url;
    options.purpose = "check";
    options.statement_deadline = std::chrono::milliseconds::zero(); // reads whole tables
    const auto connection =
        co_await pg::Connection::open(command.io().get_executor(), std::move(options));
    const std::vector<store::Reference> references = co_await store::check_references(*connection);
    for (const store::Reference& reference : references) {
        std::string detail;
        if (reference.dangling > 0)
            detail = std::to_string(reference.dangling) + " lead nowhere, among them those of " +
                     join(reference.examples, ", ");
        lines.push_back(line("references", reference.name, reference.dangling == 0, detail));
    }
}

int check(const Invocation& invocation, bool deep)
{
    std::vector<Line> lines;
    CommandRun command(invocation.settings()); // a mistake in it ends here, with exit code 2
    lines.push_back(line("configuration", settings_path(invocation.config_path), true));
    std::vector<Mailbox> mailboxes;
    std::string without = "no mailbox is enabled";
    try {
        store::Mailboxes store(command.database());
        mailboxes = command.run(store.list());
        lines.push_back(line("database", "schema", true));
        if (deep)
            command.run(check_references(command, lines));
    } catch (const Failure& failure) {
        lines.push_back(line("database", "connection", false, failure.message()));
        without = "the mailboxes are not known";
    }
    for (const Settings::Provider& provider : command.settings().providers) {
        const auto mailbox =
            std::find_if(mailboxes.begin(), mailboxes.end(), [&](const Mailbox& m) {
                return m.provider == provider.name && m.state == MailboxState::enabled;
            });
        check_provider(command, provider, mailbox == mailboxes.end() ? nullptr : &*mailbox, without,
                       lines);
    }

    bool passed = true;
    json::array array;
    for (const Line& one : lines) {
        passed = passed && one.result.passed;
        if (!invocation.json)
            print_line(std::cout, (one.result.passed ? "ok      " : "failed  ") + one.object +
                                      ", " + one.result.step +
                                      (one.result.detail.empty() ? "" : ": " + one.result.detail));
        json::object object;
        object["object"] = one.object;
        object["step"] = one.result.step;
        object["passed"] = one.result.passed;
        object["detail"] = one.result.detail;
        array.emplace_back(std::move(object));
    }
    if (invocation.json)
        print_json(std::cout, array);
    if (!passed)
        throw Failure(Reaction::stop, "check.failed",
                      "not everything passed; the lines above say what to do");
    return 0;
}

} // namespace

void add_check_command(CLI::App& app, Invocation& invocation)
{
    CLI::App* command =
        app.add_subcommand("check", "Try configuration, database and providers; each its own line");
    auto deep = std::make_shared<bool>(false);
    command->add_flag("--deep", *deep,
                      "Also verify every reference between tables; reads the whole database");
    command->add_flag("--json", invocation.json, "Print JSON");
    command->footer("Each provider is tried through its first enabled mailbox; nothing a person "
                    "sees is changed.\n"
                    "Example: crmsync --config crmsync.toml check");
    command->callback([&invocation, deep] {
        invocation.action = [&invocation, deep] { return check(invocation, *deep); };
    });
}

} // namespace crmsync
