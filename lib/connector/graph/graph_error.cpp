#include "connector/graph/graph_error.hpp"

#include "connector/graph/graph_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace crmsync::graph {

namespace json = boost::json;

namespace {

struct CodeMeaning {
    std::string_view code; ///< compared without case
    Finding finding;
    Reaction reaction;
    std::string_view name;
    std::string_view meaning; ///< {doing} and {permission} are filled in
};

using enum Finding;
using enum Reaction;

/// The table: what each code means, whatever status it came with. One line a code.
constexpr std::array codes{
    // The sync state is gone, or was never one: this folder is read again from nothing (G-70).
    CodeMeaning{"SyncStateNotFound", cursor_expired, retry, "graph.cursor_expired",
                "Graph dropped the folder's sync state"},
    CodeMeaning{"SyncStateInvalid", cursor_expired, retry, "graph.cursor_expired",
                "Graph does not understand the folder's sync state"},
    CodeMeaning{"InvalidSyncStateData", cursor_expired, retry, "graph.cursor_expired",
                "Graph does not understand the folder's sync state"},
    CodeMeaning{"ErrorInvalidSyncStateData", cursor_expired, retry, "graph.cursor_expired",
                "Graph does not understand the folder's sync state"},
    CodeMeaning{"ResyncRequired", cursor_expired, retry, "graph.cursor_expired",
                "Graph asks to read the folder again"},
    CodeMeaning{"ErrorSyncFolderNotFound", gone, set_aside, "graph.folder_gone",
                "the folder was deleted while it was read"},

    // Something is not there (G-40 to G-43, G-75, G-105).
    CodeMeaning{"ErrorItemNotFound", gone, set_aside, "graph.item_gone",
                "the item is not in the mailbox"},
    CodeMeaning{"ErrorFolderNotFound", gone, set_aside, "graph.folder_gone",
                "the folder is not in the mailbox"},
    CodeMeaning{"MailboxNotEnabledForRESTAPI", failed, stop, "graph.mailbox_missing",
                "the account has no mailbox in Exchange Online: no licence, soft-deleted, "
                "inactive, or still on premises"},
    CodeMeaning{"MailboxNotSupportedForRESTAPI", failed, stop, "graph.mailbox_missing",
                "the account has no mailbox in Exchange Online: no licence, soft-deleted, "
                "inactive, or still on premises"},
    CodeMeaning{"ErrorNonExistentMailbox", failed, stop, "graph.mailbox_missing",
                "there is no mailbox with this address"},
    CodeMeaning{
        "ErrorInvalidUser", failed, stop, "graph.mailbox_missing",
        "Graph knows no user with this address; check the spelling and the provider's tenant"},
    CodeMeaning{"Request_ResourceNotFound", failed, stop, "graph.mailbox_missing",
                "the directory knows no user with this address; check the spelling and the "
                "provider's tenant"},
    CodeMeaning{"ResourceNotFound", failed, stop, "graph.mailbox_missing",
                "Graph cannot find the user's mailbox; check the address, its licence and the "
                "provider's tenant"},

    // Token and permission (G-7, G-8, G-32 to G-36).
    CodeMeaning{"InvalidAuthenticationToken", token, retry, "graph.token_not_accepted",
                "Graph does not accept a token that was issued just now"},
    CodeMeaning{"AuthenticationError", token, retry, "graph.token_not_accepted",
                "Graph does not accept a token that was issued just now"},
    CodeMeaning{"ErrorAccessDenied", failed, reauthorise, "graph.access_denied",
                "the application may not do this ({doing}): grant it the application permission "
                "{permission} with admin consent, or let the application access policy or RBAC "
                "scope in Exchange include this mailbox; both take up to two hours to show"},
    CodeMeaning{"AccessDenied", failed, reauthorise, "graph.access_denied",
                "the application may not do this ({doing}): grant it the application permission "
                "{permission} with admin consent, or let the application access policy or RBAC "
                "scope in Exchange include this mailbox; both take up to two hours to show"},
    CodeMeaning{"Authorization_RequestDenied", failed, reauthorise, "graph.directory_denied",
                "the application may not read the directory ({doing}): grant it the application "
                "permission {permission} with admin consent"},
    CodeMeaning{"Authorization_IdentityNotFound", failed, reauthorise, "graph.directory_denied",
                "the tenant has no service principal for the application: give admin consent in "
                "this tenant"},

    // Versions (G-133).
    CodeMeaning{"ErrorIrresolvableConflict", conflict, retry, "graph.conflict",
                "the item was changed by somebody else in between"},
    CodeMeaning{"ErrorChangeKeyRequiredForWriteOperations", conflict, retry, "graph.conflict",
                "the item was changed by somebody else in between"},
    CodeMeaning{"ErrorStaleObject", conflict, retry, "graph.conflict",
                "the item was changed by somebody else in between"},

    // Room in the mailbox (G-73, G-257, G-258). Retried slowly; reads without delta still work.
    CodeMeaning{"ErrorQuotaExceeded", failed, wait, "graph.mailbox_full",
                "the mailbox is full, or its quota of named properties is used up; Exchange then "
                "refuses even to keep a sync state: make room in it"},
    CodeMeaning{"QuotaExceededException", failed, wait, "graph.mailbox_full",
                "the mailbox is full: make room in it"},
    CodeMeaning{"QuotaExceeded", failed, wait, "graph.mailbox_full",
                "the mailbox is full: make room in it"},

    // One item only (G-105, G-156).
    CodeMeaning{"ErrorCorruptData", failed, set_aside, "graph.item_corrupt",
                "Exchange cannot read this item itself; it never heals"},
    CodeMeaning{"ErrorItemCorrupt", failed, set_aside, "graph.item_corrupt",
                "Exchange cannot read this item itself; it never heals"},
    CodeMeaning{"ErrorInvalidRecipients", failed, set_aside, "graph.item_corrupt",
                "Exchange lists the item but cannot read it"},
    CodeMeaning{"ErrorMimeContentInvalid", failed, set_aside, "graph.item_corrupt",
                "Exchange cannot read this item itself; it never heals"},
    CodeMeaning{"ErrorMimeContentConversionFailed", failed, set_aside, "graph.item_corrupt",
                "Exchange cannot convert this item; it never heals"},
    CodeMeaning{"ErrorCannotOpenFileAttachment", failed, set_aside, "graph.attachment_unreadable",
                "Exchange cannot open this attachment; it never heals"},
    CodeMeaning{"ErrorInvalidIdMalformed", failed, set_aside, "graph.bad_id",
                "Graph does not understand the item's id"},
    CodeMeaning{"ErrorInvalidId", failed, set_aside, "graph.bad_id",
                "Graph does not understand the item's id"},
    CodeMeaning{"ErrorMessageSizeExceeded", failed, set_aside, "graph.too_large",
                "the message is larger than Graph handles"},
    CodeMeaning{"RequestBodyRead", failed, set_aside, "graph.bad_request",
                "Graph could not read the request"},
    CodeMeaning{"InefficientFilter", failed, set_aside, "graph.bad_request",
                "Graph refuses the query as too complex"},

    // Later (G-252 to G-256).
    CodeMeaning{"TooManyRequests", throttled, wait, "graph.throttled",
                "Graph asks for fewer requests"},
    CodeMeaning{"ApplicationThrottled", throttled, wait, "graph.throttled",
                "Graph's limits for this mailbox are reached"},
    CodeMeaning{"activityLimitReached", throttled, wait, "graph.throttled",
                "Graph's limits for this application are reached"},
    CodeMeaning{"ErrorExceededConnectionCount", throttled, wait, "graph.throttled",
                "Graph's limits for this mailbox are reached"},
    CodeMeaning{"ErrorServerBusy", throttled, wait, "graph.busy", "Exchange is busy"},
    CodeMeaning{"ErrorTooManyObjectsOpened", throttled, wait, "graph.busy", "Exchange is busy"},
    CodeMeaning{"ErrorMailboxStoreUnavailable", failed, retry, "graph.unavailable",
                "Exchange cannot reach the mailbox at the moment"},
    CodeMeaning{"ErrorMailboxMoveInProgress", failed, wait, "graph.mailbox_moving",
                "the mailbox is being moved to another server"},
    CodeMeaning{"ErrorTimeoutExpired", failed, retry, "graph.unavailable",
                "Exchange took too long"},
    CodeMeaning{"FailedDependency", failed, retry, "graph.unavailable",
                "a request it was sent with failed"},
};

/// Without a known code the status decides (G-261).
struct StatusMeaning {
    int first, last;
    Finding finding;
    Reaction reaction;
    std::string_view name;
    std::string_view meaning;
};
constexpr std::array statuses{
    StatusMeaning{400, 400, failed, set_aside, "graph.bad_request",
                  "Graph does not accept the request"},
    StatusMeaning{401, 401, token, retry, "graph.token_not_accepted",
                  "Graph does not accept a token that was issued just now"},
    StatusMeaning{403, 403, failed, reauthorise, "graph.access_denied",
                  "the application may not do this ({doing}): it needs the application permission "
                  "{permission} with admin consent"},
    StatusMeaning{404, 404, gone, set_aside, "graph.item_gone", "it is not there"},
    StatusMeaning{405, 405, failed, set_aside, "graph.not_offered",
                  "Graph does not offer this for the item"},
    StatusMeaning{408, 408, failed, retry, "graph.unavailable", "Graph took too long"},
    StatusMeaning{409, 409, conflict, retry, "graph.conflict", "it clashes with what is there"},
    StatusMeaning{410, 410, cursor_expired, retry, "graph.cursor_expired",
                  "Graph dropped the folder's sync state"},
    StatusMeaning{412, 412, conflict, retry, "graph.conflict",
                  "the item was changed by somebody else in between"},
    StatusMeaning{413, 413, failed, set_aside, "graph.too_large",
                  "it is larger than Graph handles"},
    StatusMeaning{424, 424, failed, retry, "graph.unavailable",
                  "a request it was sent with failed"},
    StatusMeaning{429, 429, throttled, wait, "graph.throttled", "Graph asks for fewer requests"},
    StatusMeaning{503, 503, throttled, wait, "graph.busy", "Graph is not available at the moment"},
    StatusMeaning{507, 507, failed, wait, "graph.mailbox_full",
                  "the mailbox is full: make room in it"},
    StatusMeaning{509, 509, throttled, wait, "graph.throttled",
                  "Graph's bandwidth limit is reached"},
    StatusMeaning{500, 599, failed, retry, "graph.unavailable", "Graph has a problem of its own"},
    StatusMeaning{400, 499, failed, set_aside, "graph.bad_request",
                  "Graph does not accept the request"},
};

/// The codes of an error, the innermost first: it may be the more exact one (G-259).
std::vector<std::string_view> codes_of(const json::value& error)
{
    std::vector<std::string_view> found;
    const json::value* level = &error;
    for (int depth = 0; level && depth < 8; ++depth) {
        if (const auto code = text_at(*level, "code"); code && !code->empty())
            found.insert(found.begin(), *code);
        level = member_of_any_case(*level, "innererror");
    }
    return found;
}

std::string filled(std::string_view meaning, const Purpose& purpose)
{
    return fmt::format(fmt::runtime(meaning), fmt::arg("doing", purpose.doing),
                       fmt::arg("permission", purpose.permission));
}

const CodeMeaning* meaning_of(std::string_view code)
{
    const auto at = std::find_if(codes.begin(), codes.end(),
                                 [&](const CodeMeaning& m) { return same_word(m.code, code); });
    return at == codes.end() ? nullptr : &*at;
}

} // namespace

GraphError classify(int status, const json::value& body, const Purpose& purpose)
{
    GraphError error;
    std::vector<std::string_view> found;
    if (const json::value* inner = member(body, "error")) {
        found = codes_of(*inner);
        if (const json::value* details = member_of_any_case(*inner, "innererror"))
            error.request_id = std::string(text_at(*details, "request-id").value_or(""));
    }
    for (const std::string_view code : found) {
        const CodeMeaning* meaning = meaning_of(code);
        if (!meaning)
            continue;
        error.finding = meaning->finding;
        error.reaction = meaning->reaction;
        error.name = meaning->name;
        error.message = filled(meaning->meaning, purpose);
        error.code = code;
        break;
    }
    // A 410 is an expired cursor and a 401 a token's matter whatever the code says.
    const bool by_status = error.name.empty() || (status == 410 && error.finding != cursor_expired);
    if (by_status) {
        const auto at = std::find_if(statuses.begin(), statuses.end(), [&](const StatusMeaning& m) {
            return status >= m.first && status <= m.last;
        });
        const StatusMeaning unknown{
            0, 0, failed, retry, "graph.unexpected", "Graph answered in a way it should not"};
        const StatusMeaning& meaning = at == statuses.end() ? unknown : *at;
        error.finding = meaning.finding;
        error.reaction = meaning.reaction;
        error.name = meaning.name;
        error.message = filled(meaning.meaning, purpose);
        if (!found.empty())
            error.code = found.front();
    }
    if (purpose.of_mailbox && error.finding == gone) {
        error.finding = failed;
        error.reaction = stop;
        error.name = "graph.mailbox_missing";
        error.message = "Graph finds no mailbox with this address; check the address, its licence "
                        "and the provider's tenant";
    }
    error.message += fmt::format(" (while {}: status {}{}{})", purpose.doing, status,
                                 error.code.empty() ? "" : " ", error.code.substr(0, 80));
    return error;
}

GraphError classify(const net::Response& response, const Purpose& purpose)
{
    DocumentPtr document;
    try {
        if (!response.body.empty())
            document = parse_document(response.body);
    } catch (const Failure&) {
        // A gateway's HTML page: the status alone speaks.
    }
    GraphError error =
        classify(response.status, document ? document->root() : json::value(), purpose);
    if (const std::string_view id = net::find(response.headers, "request-id"); !id.empty())
        error.request_id = id;
    return error;
}

Failure failure_of(const GraphError& error, std::string_view mailbox,
                   std::optional<std::chrono::milliseconds> advice)
{
    return Failure(error.reaction, error.name, fmt::format("{}: {}", mailbox, error.message),
                   advice);
}

} // namespace crmsync::graph
