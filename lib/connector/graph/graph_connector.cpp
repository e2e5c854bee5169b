#include "connector/graph/graph_connector.hpp"

#include "net/http_status.hpp"

namespace crmsync::graph {

bool denies_the_mailbox(const GraphError& error)
{
    return error.reaction == Reaction::reauthorise || error.reaction == Reaction::stop;
}

bool is_mailbox_wide(const GraphError& error)
{
    return error.finding == Finding::throttled || error.finding == Finding::token ||
           denies_the_mailbox(error);
}

bool is_its_own(const GraphError& error, bool others_granted)
{
    return others_granted && error.name == "graph.access_denied";
}

bool refuses_the_link(const GraphError& error, int status)
{
    return error.finding == Finding::cursor_expired ||
           (status >= 400 && status < 500 && status != 413 && error.finding == Finding::failed &&
            error.reaction == Reaction::set_aside);
}

bool stops_reading(const GraphError& error)
{
    return error.name != "graph.busy" &&
           (is_mailbox_wide(error) || error.reaction == Reaction::wait);
}

GraphConnector::GraphConnector(net::HttpClient& http, net::OAuthToken& token, Clock& clock,
                               Metrics& metrics, std::string graph_url, MailboxId mailbox,
                               std::string address)
    : calls_(http, token, clock, metrics, Urls(std::move(graph_url), address), address),
      clock_(clock), mailbox_(mailbox)
{}

void GraphConnector::give_up(const GraphError& error, const PartAnswer& answer) const
{
    throw failure_of(error, calls_.mailbox(), net::retry_after(answer.headers, clock_.now()));
}

bool GraphConnector::asks_to_wait(const GraphError& error, const PartAnswer& answer) const
{
    return error.reaction == Reaction::wait &&
           !may_be_its_own(error, net::retry_after(answer.headers, clock_.now()));
}

Deferred GraphConnector::deferred(const GraphError& error, const PartAnswer& answer) const
{
    constexpr std::chrono::milliseconds full_mailbox_rests{std::chrono::hours(1)};
    Deferred instead;
    instead.failure = error.name;
    instead.message = failure_of(error, calls_.mailbox()).message();
    instead.advice = net::retry_after(answer.headers, clock_.now());
    if (error.name == "graph.mailbox_full") { // G-257: tell, and try slowly
        instead.advice = std::max(instead.advice.value_or(full_mailbox_rests), full_mailbox_rests);
        instead.reading_goes_on = true;
    }
    return instead;
}

Part GraphConnector::get_part(std::string path, std::string_view further_preference) const
{
    Part part;
    part.path = std::move(path);
    part.headers = {{"Prefer", Calls::preferences(further_preference)}};
    return part;
}

} // namespace crmsync::graph
