#include "base/failure.hpp"
#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "print.hpp"
#include "providers.hpp"
#include "store/installation.hpp"
#include "sync/mailbox_mark.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

asio::awaitable<int> test(CommandRun& command, pg::Pool& pool, MailboxArgument named,
                          bool as_json_text)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    Providers providers(command.io().get_executor(), command.clock(), command.metrics(),
                        command.settings());
    const std::unique_ptr<Connector> connector = providers.open(mailbox);
    std::vector<ProbeResult> results = co_await connector->probe();
    bool passed = std::all_of(results.begin(), results.end(),
                              [](const ProbeResult& result) { return result.passed; });
    if (passed) {
        store::Installation installation(pool);
        std::string ours = co_await installation.id();
        results.push_back(
            co_await sync::probe_mark(*connector, std::move(ours), mailbox.address.text));
    }
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

} // namespace

void add_mailbox_test(CLI::App& mailbox, Invocation& invocation)
{
    add_on_mailbox(mailbox, invocation, "test",
                   "Try token, permissions and reading; changes nothing a person sees", true,
                   [](CommandRun& run, pg::Pool& pool, MailboxArgument named, bool json) {
                       return test(run, pool, std::move(named), json);
                   });
}

} // namespace crmsync
