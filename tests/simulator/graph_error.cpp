#include "simulator/graph_error.hpp"

#include "simulator/json_text.hpp"

#include <fmt/format.h>

namespace crmsync::sim {

namespace errors {

GraphError item_not_found()
{
    return {404, "ErrorItemNotFound", "The specified object was not found in the store."};
}

GraphError folder_not_found()
{
    return {404, "ErrorItemNotFound", "The specified folder could not be found in the store."};
}

GraphError sync_folder_not_found()
{
    return {404, "ErrorSyncFolderNotFound",
            "The specified folder could not be found in the store."};
}

GraphError malformed_id() { return {400, "ErrorInvalidIdMalformed", "Id is malformed."}; }

GraphError access_denied()
{
    return {403, "ErrorAccessDenied", "Access is denied. Check credentials and try again."};
}

GraphError access_by_policy() { return {403, "ErrorAccessDenied", "Access to OData is disabled."}; }

GraphError directory_denied()
{
    return {403, "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation."};
}

GraphError invalid_token(std::string_view message)
{
    return {401,
            "InvalidAuthenticationToken",
            std::string(message),
            {{"WWW-Authenticate", "Bearer realm=\"\""}}};
}

GraphError unknown_segment(std::string_view segment)
{
    return {400, "BadRequest", fmt::format("Resource not found for the segment '{}'.", segment)};
}

GraphError not_allowed(const std::string& methods)
{
    return {
        405, "ErrorInvalidRequest", "The OData request is not supported.", {{"Allow", methods}}};
}

GraphError unknown_property(std::string_view name, std::string_view type)
{
    return {400, "RequestBroker--ParseUri",
            fmt::format("Could not find a property named '{}' on type 'microsoft.graph.{}'.", name,
                        type)};
}

GraphError unknown_body_property(std::string_view name, std::string_view type)
{
    return {400, "RequestBodyRead",
            fmt::format("The property '{}' does not exist on type 'microsoft.graph.{}'. Make sure "
                        "to only use property names that are defined by the type.",
                        name, type)};
}

GraphError read_only_property()
{
    return {400, "ErrorInvalidPropertySet", "Set action is invalid for property."};
}

GraphError invalid_filter()
{
    return {400, "ErrorInvalidUrlQueryFilter",
            "The query filter contains one or more invalid nodes."};
}

GraphError inefficient_filter()
{
    return {400, "InefficientFilter",
            "The restriction or sort order is too complex for this operation."};
}

GraphError bad_request(std::string_view message)
{
    return {400, "BadRequest", std::string(message)};
}

GraphError conflict()
{
    return {412, "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed in "
            "the request does not match the current change key for the item."};
}

GraphError sync_state_gone()
{
    return {410, "SyncStateNotFound",
            "The sync state generation is not found; generation=149;"
            "[highest=157][157][155][156]."};
}

GraphError sync_state_invalid() { return {400, "SyncStateInvalid", "The sync state is invalid."}; }

GraphError mailbox_concurrency()
{
    return {429,
            "ApplicationThrottled",
            "Application is over its MailboxConcurrency limit.",
            {{"Retry-After", "1"}}};
}

GraphError mailbox_quota(long seconds)
{
    return {429,
            "ApplicationThrottled",
            "Application is over its RequestsPerMailbox limit.",
            {{"Retry-After", std::to_string(seconds)}}};
}

} // namespace errors

std::string error_body(std::string_view code, std::string_view message, Timestamp at,
                       std::string_view request_id, std::string_view client_request_id)
{
    std::string out = R"({"error":{"code":)";
    append_string(out, code);
    out += R"(,"message":)";
    append_string(out, message);
    out += R"(,"innerError":{"date":)";
    append_string(out, time_text(at).substr(0, 19));
    out += R"(,"request-id":)";
    append_string(out, request_id);
    out += R"(,"client-request-id":)";
    append_string(out, client_request_id.empty() ? request_id : client_request_id);
    return out + "}}}";
}

} // namespace crmsync::sim
