#include "settings/check_database.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

namespace crmsync::settings {

namespace {

/// libpq takes both forms of a connection string; a password belongs in neither.
bool holds_password(std::string_view url)
{
    const std::string folded = fold(url);
    if (folded.find("password=") != std::string::npos ||
        folded.find("password =") != std::string::npos)
        return true;
    const auto scheme = folded.find("://");
    if (scheme == std::string::npos)
        return false;
    const std::string authority =
        folded.substr(scheme + 3, folded.find_first_of("/?", scheme + 3) - (scheme + 3));
    const auto at = authority.rfind('@');
    return at != std::string::npos && authority.substr(0, at).find(':') != std::string::npos;
}

/// libpq's words without the parts of the URL they quote, which may hold a password. The name of a
/// parameter is no secret.
std::string without_secrets(std::string_view message)
{
    message = trim(message);
    if (message.starts_with("invalid URI query parameter") ||
        message.starts_with("invalid connection option"))
        return std::string(message);
    return std::string(trim(message.substr(0, message.find_first_of("\":"))));
}

/// Empty when libpq can read it.
std::string wrong_with_url(const std::string& url)
{
    char* raw_message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> read(
        PQconninfoParse(url.c_str(), &raw_message), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> message(raw_message, &PQfreemem);
    if (read)
        return "";
    return without_secrets(message ? message.get() : "out of memory");
}

} // namespace

void check_database(const Settings::Database& database, bool from_environment, Mistakes& mistakes)
{
    const std::string& url = database.url;
    const std::string_view source = from_environment ? " (from CRMSYNC_DATABASE_URL)" : "";
    std::string wrong;
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://") &&
        url.find('=') == std::string::npos)
        wrong = "expected a connection string such as \"postgresql:///crmsync\" or \"host=… "
                "dbname=…\"";
    else if (!from_environment && holds_password(url))
        wrong = "holds a password, which belongs in a file named by passfile= or in the "
                "environment (CRMSYNC_DATABASE_URL, PGPASSWORD, PGPASSFILE)";
    else if (const std::string unreadable = wrong_with_url(url); !unreadable.empty())
        wrong = fmt::format("PostgreSQL's library cannot read it: {}", unreadable);
    if (!wrong.empty())
        mistakes.add("database.url", fmt::format("{}{}", wrong, source));
}

} // namespace crmsync::settings
