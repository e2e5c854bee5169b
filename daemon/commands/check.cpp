#include "base/failure.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "providers.hpp"
#include "store/mailboxes.hpp"

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

asio::awaitable<void> check_providers(CommandRun& command, pg::Pool& pool, std::vector<Line>& lines)
{
    store::Mailboxes store(pool);
    const std::vector<Mailbox> mailboxes = co_await store.list();
    Providers providers(command.io().get_executor(), command.clock(), command.metrics(),
                        command.settings());
    for (const Settings::Provider& provider : command.settings().providers) {
        const std::string object = "provider " + provider.name;
        const auto mailbox =
            std::find_if(mailboxes.begin(), mailboxes.end(), [&](const Mailbox& m) {
                return m.provider == provider.name && m.state == MailboxState::enabled;
            });
        if (mailbox == mailboxes.end()) {
            ProbeResult token = co_await providers.try_token(provider.name);
            lines.push_back(Line{object, std::move(token)});
            continue;
        }
        std::string failed;
        try {
            const std::unique_ptr<Connector> connector = providers.open(*mailbox);
            const std::vector<ProbeResult> results = co_await connector->probe();
            for (const ProbeResult& result : results)
                lines.push_back(Line{object, result});
        } catch (const Failure& failure) {
            failed = failure.message();
        }
        if (!failed.empty())
            lines.push_back(line(object, "connection", false, failed));
    }
}

int check(const Invocation& invocation)
{
    std::vector<Line> lines;
    CommandRun command(invocation.settings()); // a mistake in it ends here, with exit code 2
    lines.push_back(line("configuration", settings_path(invocation.config_path), true));
    try {
        pg::Pool& pool = command.database();
        lines.push_back(line("database", "schema", true));
        command.run(check_providers(command, pool, lines));
    } catch (const Failure& failure) {
        lines.push_back(line("database", "connection", false, failure.message()));
    }

    bool passed = true;
    json::array array;
    for (const Line& one : lines) {
        passed = passed && one.result.passed;
        if (!invocation.json)
            std::cout << (one.result.passed ? "ok      " : "failed  ") << one.object << ", "
                      << one.result.step
                      << (one.result.detail.empty() ? "" : ": " + one.result.detail) << "\n";
        json::object object;
        object["object"] = one.object;
        object["step"] = one.result.step;
        object["passed"] = one.result.passed;
        object["detail"] = one.result.detail;
        array.emplace_back(std::move(object));
    }
    if (invocation.json)
        std::cout << json::serialize(array) << "\n";
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
    command->add_flag("--json", invocation.json, "Print JSON");
    command->footer("Each provider is tried through its first enabled mailbox; nothing a person "
                    "sees is changed.\n"
                    "Example: crmsync --config crmsync.toml check");
    command->callback(
        [&invocation] { invocation.action = [&invocation] { return check(invocation); }; });
}

} // namespace crmsync
