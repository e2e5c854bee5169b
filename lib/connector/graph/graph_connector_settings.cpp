#include "base/failure.hpp"
#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_purposes.hpp"

#include <optional>
#include <utility>

namespace crmsync::graph {

namespace asio = boost::asio;

/// What Graph refuses here is no trouble of the mailbox: it is spoken to by the main names.
asio::awaitable<std::optional<std::string>> GraphConnector::language()
{
    std::optional<DocumentPtr> document;
    try {
        document =
            co_await calls_.get(calls_.urls().url(calls_.urls().language()), purpose::language);
    } catch (const Failure& failure) {
        if (failure.reaction() == Reaction::retry || failure.reaction() == Reaction::wait ||
            failure.reaction() == Reaction::give_back)
            throw;
    }
    if (!document)
        co_return std::nullopt;
    const boost::json::value* language = member((*document)->root(), "language");
    if (language == nullptr)
        co_return std::nullopt;
    const auto locale = text_at(*language, "locale");
    if (!locale)
        co_return std::nullopt;
    co_return std::string(*locale);
}

} // namespace crmsync::graph
