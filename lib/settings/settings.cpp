#include "settings/settings.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "settings/check.hpp"
#include "settings/endpoint.hpp"
#include "settings/parse.hpp"
#include "settings/read_file.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace crmsync {

namespace {

constexpr std::size_t longest_file = 1 << 20;

/// A relative path counts from the folder of the configuration file, not from wherever the service
/// was started.
void complete_path(std::optional<std::string>& path, const std::filesystem::path& folder)
{
    if (path && !path->empty())
        path = (folder / *path).lexically_normal().string();
}

void complete(Settings& settings, const std::filesystem::path& folder)
{
    for (std::string& domain : settings.tracking.own_domains)
        domain = fold(domain);
    for (std::string& type : settings.attachments.allowed_types)
        type = fold(type);
    for (std::string& type : settings.attachments.blocked_types)
        type = fold(type);
    for (Settings::Provider& provider : settings.providers) {
        complete_path(provider.client_secret_file, folder);
        complete_path(provider.certificate_file, folder);
        complete_path(provider.private_key_file, folder);
        complete_path(provider.ca_file, folder);
        if (provider.authority_url)
            provider.authority_url = settings::without_slash(*provider.authority_url);
        if (provider.graph_url)
            provider.graph_url = settings::without_slash(*provider.graph_url);
    }
}

/// The environment goes before the file. True if it said where the database is.
bool take_database_from_environment(Settings& settings)
{
    const char* url = std::getenv("CRMSYNC_DATABASE_URL");
    if (url == nullptr || *url == '\0')
        return false;
    settings.database.url = url;
    return true;
}

} // namespace

Settings load_settings(const std::string& path)
{
    const settings::FileText file = settings::read_file(path, longest_file);
    if (!file.error.empty())
        throw UsageError(fmt::format("{}: the configuration cannot be read: {}, name another file "
                                     "with --config or CRMSYNC_CONFIG",
                                     path, file.error));
    settings::Mistakes mistakes(path);
    Settings loaded = settings::parse(file.text, mistakes).settings;
    const bool database_from_environment = take_database_from_environment(loaded);
    complete(loaded, std::filesystem::path(path).parent_path());
    settings::check(loaded, database_from_environment, mistakes);
    if (mistakes.any())
        throw UsageError(mistakes.text());
    return loaded;
}

std::string settings_path(const std::optional<std::string>& option)
{
    if (option)
        return *option;
    const char* variable = std::getenv("CRMSYNC_CONFIG");
    if (variable != nullptr && *variable != '\0')
        return variable;
    return "/etc/crmsync/crmsync.toml";
}

std::vector<std::string> settings_keys()
{
    settings::Mistakes none("");
    return settings::parse("", none).keys;
}

// The clouds' hosts: G-20.

std::string Settings::Provider::effective_authority_url() const
{
    if (authority_url)
        return *authority_url;
    if (cloud == "usgov" || cloud == "usgov-dod")
        return "https://login.microsoftonline.us";
    if (cloud == "china")
        return "https://login.chinacloudapi.cn";
    return "https://login.microsoftonline.com";
}

static std::string graph_of_cloud(const std::string& cloud)
{
    if (cloud == "usgov")
        return "https://graph.microsoft.us";
    if (cloud == "usgov-dod")
        return "https://dod-graph.microsoft.us";
    if (cloud == "china")
        return "https://microsoftgraph.chinacloudapi.cn";
    return "https://graph.microsoft.com";
}

std::string Settings::Provider::effective_graph_url() const
{
    return graph_url.value_or(graph_of_cloud(cloud));
}

std::string Settings::Provider::token_scope() const
{
    return (authority_url ? effective_graph_url() : graph_of_cloud(cloud)) + "/.default";
}

Settings::Tracking Settings::Tracking::in_language(const std::string& language) const
{
    Tracking translated = *this;
    const auto at = names.find(language);
    if (at == names.end())
        return translated;
    const Names& words = at->second;
    translated.track_category = words.track_category.value_or(track_category);
    translated.tracked_category = words.tracked_category.value_or(tracked_category);
    translated.review_category = words.review_category.value_or(review_category);
    translated.refused_category = words.refused_category.value_or(refused_category);
    translated.failed_category = words.failed_category.value_or(failed_category);
    translated.stop_category = words.stop_category.value_or(stop_category);
    translated.regarding_prefix = words.regarding_prefix.value_or(regarding_prefix);
    return translated;
}

} // namespace crmsync
