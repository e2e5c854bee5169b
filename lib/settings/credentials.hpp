#pragma once

#include "settings/settings.hpp"

#include <optional>
#include <string>

namespace crmsync::settings {

enum class SecretKind { secret, certificate, private_key, authorities };

/// What is wrong with a file that holds one of these, never with its content in it; empty when it
/// can be read and looks like one.
std::string wrong_with_file(const std::string& path, SecretKind kind);

/// The secret in the environment, if there is one.
std::optional<std::string> client_secret_from_environment(const Settings::Provider& provider);

} // namespace crmsync::settings
