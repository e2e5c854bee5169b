#pragma once

#include "base/failure.hpp"
#include "net/http.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace crmsync::graph {

/// What a request was for: names the permission it needs (G-30) and labels its metrics.
struct Purpose {
    std::string_view label;      ///< metric label: "changes"
    std::string_view doing;      ///< "reading messages", as a person would say it
    std::string_view permission; ///< application permission: "Mail.Read"
    bool of_mailbox = false; ///< what is not there is the mailbox, whatever the code says (G-42)
    std::size_t most_answer = 64u << 20; ///< of a batch: a longer one is asked for in parts
};

/// What an error says about the thing that was asked for.
enum class Finding {
    failed,         ///< the operation cannot be carried out; `reaction` says what next
    gone,           ///< the item or folder is not there
    cursor_expired, ///< read the folder again from nothing
    conflict,       ///< another version than the expected one
    throttled,      ///< this mailbox, this application: later
    token,          ///< the token was not accepted
};

struct GraphError {
    Finding finding = Finding::failed;
    Reaction reaction = Reaction::set_aside;
    std::string name;    ///< stable: "graph.access_denied"
    std::string message; ///< for a person; without the service's own text, which may quote items
    std::string code;    ///< as Graph wrote it, the most exact one
    std::string request_id;

    bool transient() const { return reaction == Reaction::retry || reaction == Reaction::wait; }
};

/// The meaning of an answer that is no success. `body` is the parsed error, or null where there is
/// none or it is no JSON (G-255, G-262).
GraphError classify(int status, const boost::json::value& body, const Purpose& purpose);
/// As above, from the body's text; never throws for an unreadable one.
GraphError classify(const net::Response& response, const Purpose& purpose);

/// As a failure to throw. `mailbox` stands in the message, and behind a missing permission all that
/// are needed.
Failure failure_of(const GraphError& error, std::string_view mailbox,
                   std::optional<std::chrono::milliseconds> advice = std::nullopt);

} // namespace crmsync::graph
