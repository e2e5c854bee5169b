#include "command.hpp"
#include "command_run.hpp"
#include "print.hpp"
#include "store/migrator.hpp"

#include <fmt/format.h>

#include <iostream>

namespace crmsync {
namespace {

int migrate(const Invocation& invocation, bool dry_run)
{
    CommandRun command(invocation.settings());
    store::Migrator migrator(command.io().get_executor(), command.settings().database.url);
    const std::vector<store::Migration> migrations =
        command.run(dry_run ? migrator.pending() : migrator.apply());
    for (const store::Migration& migration : migrations)
        print_line(std::cout, fmt::format("{} {:04} {}", dry_run ? "would apply" : "applied",
                                          migration.number, migration.name));
    if (migrations.empty())
        print_line(std::cout, "the database is up to date");
    return 0;
}

} // namespace

void add_migrate_command(CLI::App& app, Invocation& invocation)
{
    CLI::App* command =
        app.add_subcommand("migrate", "Bring the database to the schema of this program");
    auto dry_run = std::make_shared<bool>(false);
    command->add_flag("--dry-run", *dry_run, "List what would be applied; change nothing");
    command->footer("The database itself is made by an administrator: createdb crmsync\n"
                    "Example: crmsync migrate --dry-run");
    command->callback([&invocation, dry_run] {
        invocation.action = [&invocation, dry_run] { return migrate(invocation, *dry_run); };
    });
}

} // namespace crmsync
