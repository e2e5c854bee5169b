#include "settings/check_provider.hpp"

#include "base/text.hpp"
#include "settings/check_value.hpp"
#include "settings/credentials.hpp"
#include "settings/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace crmsync::settings {

namespace {

using Provider = Settings::Provider;

/// One provider and where its keys stand: "provider[1]".
class Check {
public:
    Check(const Provider& provider, std::string place, Mistakes& mistakes)
        : provider_(provider), place_(std::move(place)), mistakes_(mistakes)
    {}

    void all()
    {
        name();
        if (!kind())
            return;
        tenant();
        if (provider_.client_id.empty())
            missing("client_id", "the application (client) id of the app registration");
        else if (!is_plain_id(provider_.client_id))
            wrong("client_id", "expected an id such as "
                               "\"00000000-0000-0000-0000-000000000000\"");
        check_word(mistakes_, key("cloud"), provider_.cloud,
                   {"global", "usgov", "usgov-dod", "china"});
        credentials();
        endpoint("authority_url", provider_.authority_url);
        endpoint("graph_url", provider_.graph_url);
        file("ca_file", provider_.ca_file, SecretKind::authorities);
    }

private:
    std::string key(std::string_view name) const { return fmt::format("{}.{}", place_, name); }
    void wrong(std::string_view name, std::string_view what) { mistakes_.add(key(name), what); }

    /// Unless it is there and of the wrong type, which has been said.
    void missing(std::string_view name, std::string_view expected)
    {
        if (!mistakes_.has(key(name)))
            wrong(name, fmt::format("missing, expected {}", expected));
    }

    static bool is_plain_id(std::string_view text)
    {
        return std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '.' || c == '_';
        });
    }

    /// It becomes a label of metrics and part of an environment variable.
    void name()
    {
        const std::string& name = provider_.name;
        if (name.empty())
            missing("name", "a short name of your own such as \"contoso\"");
        else if (!is_plain_id(name) || name.size() > 64)
            wrong("name", "expected at most 64 letters, digits, \"-\", \"_\" and \".\"");
    }

    bool kind()
    {
        if (provider_.kind == "graph")
            return true;
        if (provider_.kind == "ews")
            wrong("kind", "\"ews\" (Exchange Server) is not supported by this version, expected "
                          "\"graph\"");
        else
            wrong("kind", fmt::format("expected \"graph\", found {}", quoted(provider_.kind)));
        return false;
    }

    void tenant()
    {
        const std::string tenant = fold(provider_.tenant_id);
        if (tenant.empty())
            missing("tenant_id", "the tenant's id or domain");
        else if (tenant == "common" || tenant == "organizations" || tenant == "consumers")
            wrong("tenant_id", fmt::format("expected one tenant's id or domain, \"{}\" has no "
                                           "mailboxes of its own",
                                           tenant));
        else if (!is_domain(tenant))
            wrong("tenant_id", "expected an id such as \"00000000-0000-0000-0000-000000000000\" "
                               "or a domain such as \"contoso.onmicrosoft.com\"");
    }

    /// Exactly one of: a secret, a certificate with its key.
    void credentials()
    {
        const bool in_environment = client_secret_from_environment(provider_).has_value();
        const bool secret = provider_.client_secret_file || in_environment;
        const bool certificate = provider_.certificate_file || provider_.private_key_file;
        if (secret && certificate)
            wrong(provider_.client_secret_file ? "client_secret_file" : "certificate_file",
                  fmt::format("expected either a secret (client_secret_file or {}) or "
                              "certificate_file with private_key_file, found both",
                              client_secret_variable(provider_.name)));
        else if (!secret && !certificate)
            mistakes_.add(place_, fmt::format("no credentials, expected client_secret_file, or "
                                              "certificate_file with private_key_file, or {} in "
                                              "the environment",
                                              client_secret_variable(provider_.name)));
        else if (certificate && !provider_.private_key_file)
            wrong("certificate_file", "expected private_key_file beside it");
        else if (certificate && !provider_.certificate_file)
            wrong("private_key_file", "expected certificate_file beside it");

        // The environment goes before the file, which then need not be there.
        if (!in_environment)
            file("client_secret_file", provider_.client_secret_file, SecretKind::secret);
        file("certificate_file", provider_.certificate_file, SecretKind::certificate);
        file("private_key_file", provider_.private_key_file, SecretKind::private_key);
    }

    void file(std::string_view name, const std::optional<std::string>& path, SecretKind kind)
    {
        if (!path)
            return;
        if (path->empty())
            return wrong(name, "expected the path of a file");
        const std::string wrong_here = wrong_with_file(*path, kind);
        if (!wrong_here.empty())
            wrong(name, wrong_here);
    }

    void endpoint(std::string_view name, const std::optional<std::string>& url)
    {
        if (!url)
            return;
        const std::string wrong_here = wrong_with_url(*url);
        if (!wrong_here.empty())
            wrong(name, wrong_here);
    }

    const Provider& provider_;
    std::string place_;
    Mistakes& mistakes_;
};

} // namespace

void check_providers(const std::vector<Provider>& providers, Mistakes& mistakes)
{
    std::map<std::string, std::string> taken;
    for (std::size_t i = 0; i < providers.size(); ++i) {
        const std::string place = fmt::format("provider[{}]", i);
        Check(providers[i], place, mistakes).all();
        if (providers[i].name.empty())
            continue;
        // Names that differ in case or punctuation only would share their environment variable.
        const auto [other, fresh] =
            taken.emplace(client_secret_variable(providers[i].name), providers[i].name);
        if (!fresh)
            mistakes.add(place + ".name",
                         fmt::format("expected a name of its own, another provider is called {}",
                                     quoted(other->second)));
    }
}

} // namespace crmsync::settings
