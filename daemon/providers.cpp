#include "providers.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "connector/graph/graph_connector.hpp"
#include "net/http_client.hpp"
#include "net/oauth_token.hpp"

namespace crmsync {

struct Providers::Access {
    Access(boost::asio::any_io_executor executor, Clock& clock, Metrics& metrics,
           const Settings::Provider& provider, StepHook step);

    std::string graph_url;
    net::HttpClient http;
    net::OAuthToken token; // asks through `http`
};

namespace {

net::TokenRequest token_request(const Settings::Provider& provider)
{
    const Credentials credentials = read_credentials(provider);
    net::TokenRequest request;
    request.token_url =
        provider.effective_authority_url() + "/" + provider.tenant_id + "/oauth2/v2.0/token";
    request.client_id = provider.client_id;
    request.scope = provider.token_scope();
    request.client_secret = credentials.client_secret;
    request.certificate_pem = credentials.certificate_pem;
    request.private_key_pem = credentials.private_key_pem;
    return request;
}

/// Where a person finds what a mistake in the credentials is about.
std::string files_of(const Settings::Provider& provider)
{
    std::vector<std::string> files;
    for (const auto& [key, path] : {std::pair{"client_secret_file", &provider.client_secret_file},
                                    std::pair{"certificate_file", &provider.certificate_file},
                                    std::pair{"private_key_file", &provider.private_key_file}})
        if (*path)
            files.push_back(std::string(key) + " is " + **path);
    return files.empty() ? "" : " (" + join(files, ", ") + ")";
}

net::HttpOptions http_options(const Settings::Provider& provider)
{
    net::HttpOptions options;
    options.ca_file = provider.ca_file;
    options.user_agent = "crmsync/" CRMSYNC_VERSION;
    return options;
}

} // namespace

Providers::Access::Access(boost::asio::any_io_executor executor, Clock& clock, Metrics& metrics,
                          const Settings::Provider& provider, StepHook step)
    : graph_url(provider.effective_graph_url()),
      http(executor, metrics, http_options(provider), std::move(step)),
      token(http, clock, token_request(provider))
{}

Providers::Providers(boost::asio::any_io_executor executor, Clock& clock, Metrics& metrics,
                     const Settings& settings, StepHook step)
    : clock_(clock), metrics_(metrics)
{
    for (const Settings::Provider& provider : settings.providers) {
        try {
            access_[provider.name] =
                std::make_unique<Access>(executor, clock, metrics, provider, step);
        } catch (const UsageError& mistake) {
            throw UsageError("provider " + provider.name + ": " + mistake.what() +
                             files_of(provider));
        }
    }
}

Providers::~Providers() = default;

std::string Providers::names() const
{
    std::vector<std::string> names;
    for (const auto& [name, access] : access_)
        names.push_back(name);
    return join(names, ", ");
}

std::unique_ptr<Connector> Providers::open(const Mailbox& mailbox)
{
    const auto found = access_.find(mailbox.provider);
    if (found == access_.end())
        throw Failure(
            Reaction::stop, "provider.unknown",
            "the mailbox's provider \"" + mailbox.provider +
                "\" is not in the configuration; add the [[provider]] or remove the mailbox");
    Access& access = *found->second;
    return std::make_unique<graph::GraphConnector>(access.http, access.token, clock_, metrics_,
                                                   access.graph_url, mailbox.id,
                                                   mailbox.address.text);
}

boost::asio::awaitable<ProbeResult> Providers::try_token(std::string provider)
{
    ProbeResult result;
    result.step = "token";
    try {
        co_await access_.at(provider)->token.get();
        result.passed = true;
        result.detail = "issued";
    } catch (const Failure& failure) {
        result.detail = failure.message();
    }
    co_return result;
}

int Providers::running() const
{
    int running = 0;
    for (const auto& [name, access] : access_)
        running += access->http.running();
    return running;
}

} // namespace crmsync
