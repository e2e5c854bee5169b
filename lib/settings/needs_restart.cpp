#include "settings/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync {

namespace {

using Provider = Settings::Provider;

const Provider* find(const std::vector<Provider>& providers, const std::string& name)
{
    const auto found = std::find_if(providers.begin(), providers.end(),
                                    [&](const Provider& one) { return one.name == name; });
    return found == providers.end() ? nullptr : &*found;
}

void compare(const Provider& a, const Provider& b, std::vector<std::string>& keys)
{
    const auto note = [&](bool differs, const char* key) {
        if (differs)
            keys.push_back(fmt::format("provider.{} of {}", key, a.name));
    };
    note(a.kind != b.kind, "kind");
    note(a.tenant_id != b.tenant_id, "tenant_id");
    note(a.client_id != b.client_id, "client_id");
    note(a.client_secret_file != b.client_secret_file, "client_secret_file");
    note(a.certificate_file != b.certificate_file, "certificate_file");
    note(a.private_key_file != b.private_key_file, "private_key_file");
    note(a.cloud != b.cloud, "cloud");
    note(a.authority_url != b.authority_url, "authority_url");
    note(a.graph_url != b.graph_url, "graph_url");
    note(a.ca_file != b.ca_file, "ca_file");
}

} // namespace

std::vector<std::string> needs_restart(const Settings& running, const Settings& loaded)
{
    std::vector<std::string> keys;
    if (running.database.url != loaded.database.url)
        keys.emplace_back("database.url");
    if (running.http.listen != loaded.http.listen)
        keys.emplace_back("http.listen");
    if (running.sync.poll_interval != loaded.sync.poll_interval)
        keys.emplace_back("sync.poll_interval");
    if (running.sync.history_days != loaded.sync.history_days)
        keys.emplace_back("sync.history_days");
    for (const Provider& provider : running.providers) {
        if (const Provider* now = find(loaded.providers, provider.name))
            compare(provider, *now, keys);
        else
            keys.push_back("provider " + provider.name);
    }
    for (const Provider& provider : loaded.providers)
        if (find(running.providers, provider.name) == nullptr)
            keys.push_back("provider " + provider.name);
    return keys;
}

} // namespace crmsync
