#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "print.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace {

constexpr int failed = 1;
constexpr int misused = 2;

/// Scripts read it, and people read it first.
int complain(const std::string& what, int code)
{
    crmsync::print_line(std::cerr, "crmsync: " + what);
    return code;
}

/// Not in the configuration: it is for the hour in which something is looked into.
void set_log_levels()
{
    const char* levels = std::getenv("CRMSYNC_LOG");
    if (levels == nullptr || *levels == '\0')
        return;
    const std::string wrong = crmsync::log::set_levels(levels);
    if (!wrong.empty())
        throw crmsync::UsageError("CRMSYNC_LOG: " + wrong);
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Follows Exchange mailboxes and keeps what belongs to the CRM in PostgreSQL."};
    app.name("crmsync");
    app.require_subcommand(0, 1); // an unknown command is then named in the complaint
    app.set_version_flag("--version", "crmsync " CRMSYNC_VERSION);
    app.footer(
        "Start with: crmsync check\n"
        "Configuration: --config FILE, else $CRMSYNC_CONFIG, else /etc/crmsync/crmsync.toml\n"
        "Exit codes: 0 fine, 1 it failed, 2 wrong usage or configuration\n"
        "More in the log: CRMSYNC_LOG=debug, or by area: CRMSYNC_LOG=graph=debug,sql=debug");

    crmsync::Invocation invocation;
    app.add_option("--config", invocation.config_path, "Configuration file")->type_name("FILE");
    app.fallthrough();

    crmsync::add_serve_command(app, invocation);
    crmsync::add_migrate_command(app, invocation);
    crmsync::add_check_command(app, invocation);
    crmsync::add_mailbox_commands(app, invocation);
    crmsync::add_record_commands(app, invocation);
    crmsync::add_activity_commands(app, invocation);
    crmsync::add_explain_command(app, invocation);
    crmsync::add_held_commands(app, invocation);
    crmsync::add_log_command(app, invocation);

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked_for_help) {
        return app.exit(asked_for_help);
    } catch (const CLI::ExtrasError&) { // tells them last to first
        return complain(fmt::format("not understood: {}; crmsync --help shows the commands",
                                    crmsync::join(app.remaining(true), " ")),
                        misused);
    } catch (const CLI::ParseError& error) {
        return complain(std::string(error.what()) + "; crmsync --help shows the commands", misused);
    }

    if (!invocation.action)
        return complain("a command is missing; crmsync --help shows the commands", misused);
    try {
        set_log_levels();
        return invocation.action();
    } catch (const crmsync::UsageError& error) {
        return complain(error.what(), misused);
    } catch (const std::exception& error) {
        return complain(error.what(), failed);
    }
}
