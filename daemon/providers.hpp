#pragma once

#include "base/clock.hpp"
#include "base/interruption.hpp"
#include "base/metrics.hpp"
#include "connector/connector.hpp"
#include "model/mailbox.hpp"
#include "settings/settings.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <string>

namespace crmsync {

/// The configured providers: for each its HTTP client and its token, shared by its mailboxes.
class Providers {
public:
    /// Reads the secrets' files. Throws UsageError naming the key where one cannot be read.
    Providers(boost::asio::any_io_executor executor, Clock& clock, Metrics& metrics,
              const Settings& settings, StepHook step = {});
    ~Providers();

    bool knows(const std::string& provider) const { return access_.contains(provider); }
    std::string names() const; ///< for people: "contoso, fabrikam"

    /// Throws Failure(stop) where the mailbox's provider is not configured.
    std::unique_ptr<Connector> open(const Mailbox& mailbox);

    /// Asks for a token, for a provider that has no mailbox yet to be tried with.
    boost::asio::awaitable<ProbeResult> try_token(std::string provider);

    int running() const; ///< requests under way

private:
    struct Access;
    Clock& clock_;
    Metrics& metrics_;
    std::map<std::string, std::unique_ptr<Access>> access_;
};

} // namespace crmsync
