#include "connector/graph/graph_error.hpp"

#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_purposes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace crmsync::graph {

namespace json = boost::json;

namespace {

/// What an error amounts to, whatever the words for it.
struct Kind {
    Finding finding;
    Reaction reaction;
    std::string_view name;
};

using enum Finding;
using enum Reaction;

constexpr Kind unexpected{failed, retry, "graph.unexpected"};
constexpr Kind expired{cursor_expired, retry, "graph.cursor_expired"};
constexpr Kind no_folder{gone, set_aside, "graph.folder_gone"};
constexpr Kind no_item{gone, set_aside, "graph.item_gone"};
constexpr Kind no_mailbox{failed, stop, "graph.mailbox_missing"};
constexpr Kind bad_token{token, retry, "graph.token_not_accepted"};
constexpr Kind denied{failed, reauthorise, "graph.access_denied"};
constexpr Kind no_directory{failed, reauthorise, "graph.directory_denied"};
constexpr Kind changed{conflict, retry, "graph.conflict"};
constexpr Kind full{failed, wait, "graph.mailbox_full"};
constexpr Kind corrupt{failed, set_aside, "graph.item_corrupt"};
constexpr Kind no_attachment{failed, set_aside, "graph.attachment_unreadable"};
constexpr Kind infected{failed, set_aside, "graph.virus_found"};
constexpr Kind bad_id{failed, set_aside, "graph.bad_id"};
constexpr Kind too_large{failed, set_aside, "graph.too_large"};
constexpr Kind bad_request{failed, set_aside, "graph.bad_request"};
constexpr Kind too_many{throttled, wait, "graph.throttled"};
constexpr Kind busy{throttled, wait, "graph.busy"};
constexpr Kind unavailable{failed, retry, "graph.unavailable"};
constexpr Kind moving{failed, wait, "graph.mailbox_moving"};
constexpr Kind not_offered{failed, set_aside, "graph.not_offered"};

// What is said of several; {doing} and {permission} are filled in.
constexpr std::string_view state_dropped = "Graph dropped the folder's sync state";
constexpr std::string_view state_unknown = "Graph does not understand the folder's sync state";
constexpr std::string_view mailbox_elsewhere =
    "the account has no mailbox in Exchange Online: no licence, soft-deleted, inactive, or still "
    "on premises";
constexpr std::string_view token_refused = "Graph does not accept a token that was issued just now";
constexpr std::string_view changed_meanwhile = "the item was changed by somebody else in between";
constexpr std::string_view make_room = "the mailbox is full: make room in it";
constexpr std::string_view never_heals = "Exchange cannot read this item itself; it never heals";
constexpr std::string_view virus_found = "a scanner found a virus in it";
constexpr std::string_view id_unknown = "Graph does not understand the item's id";
constexpr std::string_view fewer_requests = "Graph asks for fewer requests";
constexpr std::string_view mailbox_limits = "Graph's limits for this mailbox are reached";
constexpr std::string_view exchange_busy = "Exchange is busy";
constexpr std::string_view failed_beside = "a request it was sent with failed";
constexpr std::string_view not_accepted = "Graph does not accept the request";
constexpr std::string_view grant_it =
    "the application may not do this ({doing}): grant it the application permission {permission} "
    "with admin consent, or let the application access policy or RBAC scope in Exchange include "
    "this mailbox; both take up to two hours to show";

struct CodeMeaning {
    std::string_view code; ///< compared without case
    Kind kind;
    std::string_view meaning;
};

/// The table: what each code means, whatever status it came with. One line a code.
constexpr std::array codes{
    // The sync state is gone, or was never one: this folder is read again from nothing (G-70).
    CodeMeaning{"SyncStateNotFound", expired, state_dropped},
    CodeMeaning{"SyncStateInvalid", expired, state_unknown},
    CodeMeaning{"InvalidSyncStateData", expired, state_unknown},
    CodeMeaning{"ErrorInvalidSyncStateData", expired, state_unknown},
    CodeMeaning{"ResyncRequired", expired, "Graph asks to read the folder again"},
    CodeMeaning{"ErrorSyncFolderNotFound", no_folder, "the folder was deleted while it was read"},

    // Something is not there (G-40 to G-43, G-75, G-105).
    CodeMeaning{"ErrorItemNotFound", no_item, "the item is not in the mailbox"},
    CodeMeaning{"ErrorFolderNotFound", no_folder, "the folder is not in the mailbox"},
    CodeMeaning{"MailboxNotEnabledForRESTAPI", no_mailbox, mailbox_elsewhere},
    CodeMeaning{"MailboxNotSupportedForRESTAPI", no_mailbox, mailbox_elsewhere},
    CodeMeaning{"ErrorNonExistentMailbox", no_mailbox, "there is no mailbox with this address"},
    CodeMeaning{
        "ErrorInvalidUser", no_mailbox,
        "Graph knows no user with this address; check the spelling and the provider's tenant"},
    CodeMeaning{"Request_ResourceNotFound", no_mailbox,
                "the directory knows no user with this address; check the spelling and the "
                "provider's tenant"},
    CodeMeaning{"ResourceNotFound", no_mailbox,
                "Graph cannot find the user's mailbox; check the address, its licence and the "
                "provider's tenant"},

    // Token and permission (G-7, G-8, G-32 to G-36).
    CodeMeaning{"InvalidAuthenticationToken", bad_token, token_refused},
    CodeMeaning{"AuthenticationError", bad_token, token_refused},
    CodeMeaning{"ErrorAccessDenied", denied, grant_it},
    CodeMeaning{"AccessDenied", denied, grant_it},
    CodeMeaning{"Authorization_RequestDenied", no_directory,
                "the application may not read the directory ({doing}): grant it the application "
                "permission {permission} with admin consent"},
    CodeMeaning{"Authorization_IdentityNotFound", no_directory,
                "the tenant has no service principal for the application: give admin consent in "
                "this tenant"},

    // Versions (G-133).
    CodeMeaning{"ErrorIrresolvableConflict", changed, changed_meanwhile},
    CodeMeaning{"ErrorChangeKeyRequiredForWriteOperations", changed, changed_meanwhile},
    CodeMeaning{"ErrorStaleObject", changed, changed_meanwhile},

    // Room in the mailbox (G-73, G-257, G-258). Retried slowly; reads without delta still work.
    CodeMeaning{"ErrorQuotaExceeded", full,
                "the mailbox is full, or its quota of named properties is used up; Exchange then "
                "refuses even to keep a sync state: make room in it"},
    CodeMeaning{"QuotaExceededException", full, make_room},
    CodeMeaning{"QuotaExceeded", full, make_room},

    // One item only (G-105, G-156).
    CodeMeaning{"ErrorCorruptData", corrupt, never_heals},
    CodeMeaning{"ErrorItemCorrupt", corrupt, never_heals},
    CodeMeaning{"ErrorInvalidRecipients", corrupt, "Exchange lists the item but cannot read it"},
    CodeMeaning{"ErrorMimeContentInvalid", corrupt, never_heals},
    CodeMeaning{"ErrorMimeContentConversionFailed", corrupt,
                "Exchange cannot convert this item; it never heals"},
    CodeMeaning{"ErrorCannotOpenFileAttachment", no_attachment,
                "Exchange cannot open this attachment; it never heals"},
    CodeMeaning{"ErrorVirusDetected", infected, virus_found},
    CodeMeaning{"ErrorVirusMessageDeleted", infected, virus_found},
    CodeMeaning{"ErrorInvalidIdMalformed", bad_id, id_unknown},
    CodeMeaning{"ErrorInvalidId", bad_id, id_unknown},
    CodeMeaning{"ErrorMessageSizeExceeded", too_large, "the message is larger than Graph handles"},
    CodeMeaning{"RequestBodyRead", bad_request, "Graph could not read the request"},
    CodeMeaning{"InefficientFilter", bad_request, "Graph refuses the query as too complex"},

    // Later (G-252 to G-256).
    CodeMeaning{"TooManyRequests", too_many, fewer_requests},
    CodeMeaning{"ApplicationThrottled", too_many, mailbox_limits},
    CodeMeaning{"activityLimitReached", too_many,
                "Graph's limits for this application are reached"},
    CodeMeaning{"ErrorExceededConnectionCount", too_many, mailbox_limits},
    CodeMeaning{"ErrorServerBusy", busy, exchange_busy},
    CodeMeaning{"ErrorTooManyObjectsOpened", busy, exchange_busy},
    CodeMeaning{"ErrorMailboxStoreUnavailable", unavailable,
                "Exchange cannot reach the mailbox at the moment"},
    CodeMeaning{"ErrorMailboxMoveInProgress", moving,
                "the mailbox is being moved to another server"},
    CodeMeaning{"ErrorTimeoutExpired", unavailable, "Exchange took too long"},
    CodeMeaning{"FailedDependency", unavailable, failed_beside},
};

/// Without a known code the status decides (G-261).
struct StatusMeaning {
    int first, last;
    Kind kind;
    std::string_view meaning;
};
constexpr std::array statuses{
    StatusMeaning{401, 401, bad_token, token_refused},
    StatusMeaning{403, 403, denied,
                  "the application may not do this ({doing}): it needs the application permission "
                  "{permission} with admin consent"},
    StatusMeaning{404, 404, no_item, "it is not there"},
    StatusMeaning{405, 405, not_offered, "Graph does not offer this for the item"},
    StatusMeaning{408, 408, unavailable, "Graph took too long"},
    StatusMeaning{409, 409, changed, "it clashes with what is there"},
    StatusMeaning{410, 410, expired, state_dropped},
    StatusMeaning{412, 412, changed, changed_meanwhile},
    StatusMeaning{413, 413, too_large, "it is larger than Graph handles"},
    StatusMeaning{424, 424, unavailable, failed_beside},
    StatusMeaning{429, 429, too_many, fewer_requests},
    StatusMeaning{503, 503, busy, "Graph is not available at the moment"},
    StatusMeaning{507, 507, full, make_room},
    StatusMeaning{509, 509, too_many, "Graph's bandwidth limit is reached"},
    StatusMeaning{500, 599, unavailable, "Graph has a problem of its own"},
    StatusMeaning{400, 499, bad_request, not_accepted},
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

void set(GraphError& error, const Kind& kind, std::string_view meaning, const Purpose& purpose)
{
    error.finding = kind.finding;
    error.reaction = kind.reaction;
    error.name = kind.name;
    error.message = fmt::format(fmt::runtime(meaning), fmt::arg("doing", purpose.doing),
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
        set(error, meaning->kind, meaning->meaning, purpose);
        error.code = code;
        break;
    }
    // A 410 is an expired cursor and a 401 a token's matter whatever the code says.
    const bool by_status = error.name.empty() || (status == 410 && error.finding != cursor_expired);
    if (by_status) {
        const auto at = std::find_if(statuses.begin(), statuses.end(), [&](const StatusMeaning& m) {
            return status >= m.first && status <= m.last;
        });
        if (at != statuses.end())
            set(error, at->kind, at->meaning, purpose);
        else
            set(error, unexpected, "Graph answered in a way it should not", purpose);
        if (!found.empty())
            error.code = found.front();
    }
    if (purpose.of_mailbox && error.finding == gone) {
        set(error, no_mailbox,
            "Graph finds no mailbox with this address; check the address, its licence and the "
            "provider's tenant",
            purpose);
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
    const bool lacks_permission = error.name == denied.name || error.name == no_directory.name;
    return Failure(error.reaction, error.name,
                   fmt::format("{}: {}{}", mailbox, error.message,
                               lacks_permission ? purpose::all_permissions : ""),
                   advice);
}

} // namespace crmsync::graph
