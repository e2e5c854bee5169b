#include "settings/settings.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;

using Keys = std::vector<std::string>;

namespace {

Settings with_providers(std::vector<std::string> names)
{
    Settings settings;
    for (std::string& name : names)
        settings.providers.emplace_back().name = std::move(name);
    return settings;
}

} // namespace

TEST_CASE("what is reloaded asks for no restart")
{
    Settings loaded;
    loaded.tracking.default_mode = "all";
    loaded.tracking.own_domains = {"contoso.example"};
    loaded.privacy.internal_only = "track";
    loaded.privacy.never_folders = {"archive"};
    loaded.attachments.max_bytes = 1;
    CHECK(needs_restart(Settings(), loaded).empty());
}

TEST_CASE("each other key asks for a restart by its name")
{
    Settings loaded;
    loaded.database.url = "postgresql:///other";
    loaded.http.listen = "127.0.0.1:1";
    loaded.sync.poll_interval = std::chrono::seconds(1);
    loaded.sync.history_days = 1;
    CHECK(needs_restart(Settings(), loaded) ==
          Keys{"database.url", "http.listen", "sync.poll_interval", "sync.history_days"});
}

TEST_CASE("providers are compared by name, whatever their order")
{
    const Settings running = with_providers({"a", "b"});
    CHECK(needs_restart(running, with_providers({"b", "a"})).empty());
    CHECK(needs_restart(running, with_providers({"b", "c"})) == Keys{"provider a", "provider c"});

    Settings loaded = with_providers({"b", "a"});
    Settings::Provider& changed = loaded.providers[0];
    changed.kind = "x";
    changed.tenant_id = "x";
    changed.client_id = "x";
    changed.client_secret_file = "x";
    changed.certificate_file = "x";
    changed.private_key_file = "x";
    changed.cloud = "china";
    changed.authority_url = "x";
    changed.graph_url = "x";
    changed.ca_file = "x";
    CHECK(needs_restart(running, loaded) ==
          Keys{"provider.kind of b", "provider.tenant_id of b", "provider.client_id of b",
               "provider.client_secret_file of b", "provider.certificate_file of b",
               "provider.private_key_file of b", "provider.cloud of b",
               "provider.authority_url of b", "provider.graph_url of b", "provider.ca_file of b"});
}
