#pragma once

#include "settings/settings.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <string>

namespace crmsync {

/// What every command gets from the command line. A command's parser stores what is to be done in
/// `action`; main runs it once, after parsing.
struct Invocation {
    std::optional<std::string> config_path;
    bool json = false;
    std::function<int()> action;

    Settings settings() const { return load_settings(settings_path(config_path)); }
};

void add_serve_command(CLI::App& app, Invocation& invocation);
void add_migrate_command(CLI::App& app, Invocation& invocation);
void add_check_command(CLI::App& app, Invocation& invocation);
void add_mailbox_commands(CLI::App& app, Invocation& invocation);
void add_record_commands(CLI::App& app, Invocation& invocation);
void add_activity_commands(CLI::App& app, Invocation& invocation);
void add_explain_command(CLI::App& app, Invocation& invocation);
void add_held_commands(CLI::App& app, Invocation& invocation);
void add_log_command(CLI::App& app, Invocation& invocation);

} // namespace crmsync
