#pragma once

#include "simulator/request.hpp"

#include <string>
#include <string_view>

namespace crmsync::sim {

/// An answer with an error body, thrown from wherever the request turns out to be impossible.
struct GraphError {
    int status;
    std::string code;
    std::string message;
    Headers headers = {};
};

/// The bodies that BEHAVIOUR.md and the examples name, one function for each.
namespace errors {
GraphError item_not_found();
GraphError folder_not_found();
GraphError sync_folder_not_found();
GraphError malformed_id();
GraphError access_denied();
GraphError access_by_policy();
GraphError directory_denied();
GraphError invalid_token(std::string_view message);
GraphError unknown_segment(std::string_view segment);
/// The path is known, the method is not: `methods` are those it knows.
GraphError not_allowed(const std::string& methods);
GraphError unknown_property(std::string_view name, std::string_view type);
GraphError unknown_body_property(std::string_view name, std::string_view type);
GraphError read_only_property();
GraphError invalid_filter();
GraphError inefficient_filter();
GraphError bad_request(std::string_view message);
GraphError conflict();
GraphError sync_state_gone();
GraphError sync_state_invalid();
GraphError mailbox_concurrency();
GraphError mailbox_quota(long seconds);
} // namespace errors

/// The JSON of an error with its innerError.
std::string error_body(std::string_view code, std::string_view message, Timestamp at,
                       std::string_view request_id, std::string_view client_request_id);

} // namespace crmsync::sim
