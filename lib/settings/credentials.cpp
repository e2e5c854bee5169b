#include "settings/credentials.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "settings/read_file.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace crmsync {

namespace settings {

namespace {

/// Certificates with their chain stay far below; what is larger is the wrong file.
constexpr std::size_t longest_secret = 1 << 20;

std::string_view looks_like(SecretKind kind)
{
    switch (kind) {
    case SecretKind::secret:
        return "";
    case SecretKind::certificate:
    case SecretKind::authorities:
        return "-----BEGIN CERTIFICATE-----";
    case SecretKind::private_key:
        return "PRIVATE KEY-----";
    }
    return "";
}

std::string_view name_of(SecretKind kind)
{
    switch (kind) {
    case SecretKind::secret:
        return "a secret";
    case SecretKind::certificate:
        return "a certificate in PEM form";
    case SecretKind::authorities:
        return "certificates of authorities in PEM form";
    case SecretKind::private_key:
        return "a private key in PEM form";
    }
    return "";
}

/// The content, or what is wrong with it.
struct Read {
    std::string content;
    std::string wrong;
};

Read read_secret(const std::string& path, SecretKind kind)
{
    FileText file = read_file(path, longest_secret);
    if (!file.error.empty())
        return {"", fmt::format("{} cannot be read: {}", path, file.error)};
    if (trim(file.text).empty())
        return {"", fmt::format("{} is empty, expected {}", path, name_of(kind))};
    if (file.text.find(looks_like(kind)) == std::string::npos)
        return {"", fmt::format("{} does not hold {}", path, name_of(kind))};
    return {std::move(file.text), ""};
}

std::string read_or_throw(const std::string& path, SecretKind kind)
{
    Read read = read_secret(path, kind);
    if (!read.wrong.empty())
        throw UsageError(read.wrong);
    return std::move(read.content);
}

} // namespace

std::string wrong_with_file(const std::string& path, SecretKind kind)
{
    return read_secret(path, kind).wrong;
}

std::optional<std::string> client_secret_from_environment(const Settings::Provider& provider)
{
    const char* value = std::getenv(client_secret_variable(provider.name).c_str());
    if (value == nullptr || trim(value).empty())
        return std::nullopt;
    return std::string(trim(value));
}

} // namespace settings

std::string client_secret_variable(std::string_view provider_name)
{
    std::string name = "CRMSYNC_";
    for (const char c : provider_name) {
        if (c >= 'a' && c <= 'z')
            name += static_cast<char>(c - 'a' + 'A');
        else
            name += (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    }
    return name + "_CLIENT_SECRET";
}

Credentials read_credentials(const Settings::Provider& provider)
{
    using settings::SecretKind;
    Credentials credentials;
    credentials.client_secret = settings::client_secret_from_environment(provider);
    if (credentials.client_secret)
        return credentials;
    if (provider.client_secret_file) {
        // Editors end files with a line feed; secrets hold no white space.
        credentials.client_secret = std::string(
            trim(settings::read_or_throw(*provider.client_secret_file, SecretKind::secret)));
        return credentials;
    }
    if (!provider.certificate_file || !provider.private_key_file)
        throw UsageError("no credentials, set client_secret_file");
    credentials.certificate_pem =
        settings::read_or_throw(*provider.certificate_file, SecretKind::certificate);
    credentials.private_key_pem =
        settings::read_or_throw(*provider.private_key_file, SecretKind::private_key);
    return credentials;
}

} // namespace crmsync
