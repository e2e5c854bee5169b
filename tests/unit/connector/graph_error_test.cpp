#include "connector/graph/graph_error.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_purposes.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;

namespace {

net::Response response(int status, std::string body)
{
    net::Response answer;
    answer.status = status;
    answer.headers = {{"Request-Id", "r-1"}};
    answer.body = std::move(body);
    return answer;
}

GraphError error(int status, std::string_view code, const Purpose& why = purpose::changes)
{
    return classify(
        response(
            status,
            fmt::format(R"({{"error": {{"code": "{}", "message": "about a@b.example"}}}})", code)),
        why);
}

} // namespace

TEST_CASE("each code leads to its finding, reaction and name")
{
    struct Row {
        int status;
        std::string_view code;
        Finding finding;
        Reaction reaction;
        std::string_view name;
    };
    const Row rows[] = {
        {410, "SyncStateNotFound", Finding::cursor_expired, Reaction::retry,
         "graph.cursor_expired"},
        {410, "syncStateNotFound", Finding::cursor_expired, Reaction::retry,
         "graph.cursor_expired"},
        {410, "resyncRequired", Finding::cursor_expired, Reaction::retry, "graph.cursor_expired"},
        {400, "SyncStateInvalid", Finding::cursor_expired, Reaction::retry, "graph.cursor_expired"},
        {400, "InvalidSyncStateData", Finding::cursor_expired, Reaction::retry,
         "graph.cursor_expired"},
        {410, "SomethingNew", Finding::cursor_expired, Reaction::retry, "graph.cursor_expired"},
        {410, "ErrorItemNotFound", Finding::cursor_expired, Reaction::retry,
         "graph.cursor_expired"},
        {404, "ErrorItemNotFound", Finding::gone, Reaction::set_aside, "graph.item_gone"},
        {404, "ErrorSyncFolderNotFound", Finding::gone, Reaction::set_aside, "graph.folder_gone"},
        {404, "MailboxNotEnabledForRESTAPI", Finding::failed, Reaction::stop,
         "graph.mailbox_missing"},
        {404, "ErrorInvalidUser", Finding::failed, Reaction::stop, "graph.mailbox_missing"},
        {404, "ResourceNotFound", Finding::failed, Reaction::stop, "graph.mailbox_missing"},
        {404, "Request_ResourceNotFound", Finding::failed, Reaction::stop, "graph.mailbox_missing"},
        {403, "ErrorAccessDenied", Finding::failed, Reaction::reauthorise, "graph.access_denied"},
        {403, "Authorization_RequestDenied", Finding::failed, Reaction::reauthorise,
         "graph.directory_denied"},
        {401, "InvalidAuthenticationToken", Finding::token, Reaction::retry,
         "graph.token_not_accepted"},
        {401, "UnknownError", Finding::token, Reaction::retry, "graph.token_not_accepted"},
        {507, "ErrorQuotaExceeded", Finding::failed, Reaction::wait, "graph.mailbox_full"},
        {507, "QuotaExceededException", Finding::failed, Reaction::wait, "graph.mailbox_full"},
        {403, "ErrorQuotaExceeded", Finding::failed, Reaction::wait, "graph.mailbox_full"},
        {500, "ErrorCorruptData", Finding::failed, Reaction::set_aside, "graph.item_corrupt"},
        {400, "ErrorCannotOpenFileAttachment", Finding::failed, Reaction::set_aside,
         "graph.attachment_unreadable"},
        {429, "TooManyRequests", Finding::throttled, Reaction::wait, "graph.throttled"},
        {429, "ApplicationThrottled", Finding::throttled, Reaction::wait, "graph.throttled"},
        {403, "activityLimitReached", Finding::throttled, Reaction::wait, "graph.throttled"},
        {412, "ErrorIrresolvableConflict", Finding::conflict, Reaction::retry, "graph.conflict"},
        {409, "ErrorIrresolvableConflict", Finding::conflict, Reaction::retry, "graph.conflict"},
        {503, "ErrorServiceUnavailable", Finding::throttled, Reaction::wait, "graph.busy"},
        {500, "ErrorInternalServerError", Finding::failed, Reaction::retry, "graph.unavailable"},
        {504, "UnknownError", Finding::failed, Reaction::retry, "graph.unavailable"},
        {400, "ErrorInvalidIdMalformed", Finding::failed, Reaction::set_aside, "graph.bad_id"},
        {400, "BadRequest", Finding::failed, Reaction::set_aside, "graph.bad_request"},
        {418, "Teapot", Finding::failed, Reaction::set_aside, "graph.bad_request"},
        {0, "", Finding::failed, Reaction::retry, "graph.unexpected"},
    };
    for (const Row& row : rows) {
        INFO(row.status << " " << row.code);
        const GraphError found = error(row.status, row.code);
        CHECK(found.finding == row.finding);
        CHECK(found.reaction == row.reaction);
        CHECK(found.name == row.name);
    }
}

TEST_CASE("the code inside the inner error is the more exact one")
{
    const GraphError found =
        classify(response(400, R"({"error": {"code": "BadRequest", "innererror":
        {"code": "whatever", "innerError": {"code": "errorcorruptdata"}}}})"),
                 purpose::look_up);

    CHECK(found.name == "graph.item_corrupt");
    CHECK(found.code == "errorcorruptdata");
}

TEST_CASE("an outer code we know outranks inner ones we do not")
{
    const GraphError found = classify(response(429, R"({"error": {"code": "TooManyRequests",
        "innerError": {"code": "429", "status": "429"}}})"),
                                      purpose::look_up);

    CHECK(found.name == "graph.throttled");
}

TEST_CASE("without a readable body the status speaks")
{
    CHECK(classify(response(404, ""), purpose::look_up).finding == Finding::gone);
    CHECK(classify(response(503, ""), purpose::look_up).name == "graph.busy");
    CHECK(classify(response(502, "<html>502 Bad Gateway</html>"), purpose::look_up).name ==
          "graph.unavailable");
    CHECK(classify(response(403, R"({"error": {"code": ""}})"), purpose::look_up).name ==
          "graph.access_denied");
    CHECK(classify(response(401, R"({"error": "nonsense"})"), purpose::look_up).finding ==
          Finding::token);
}

TEST_CASE(
    "a refusal names the permission that is missing and both ways of confining an application")
{
    const GraphError found = error(403, "ErrorAccessDenied", purpose::write_back);

    CHECK(found.message.find("Mail.ReadWrite") != std::string::npos);
    CHECK(found.message.find("writing categories") != std::string::npos);
    CHECK(found.message.find("application access policy") != std::string::npos);
    CHECK(found.message.find("RBAC") != std::string::npos);
    CHECK(error(403, "ErrorAccessDenied", purpose::categories)
              .message.find("MailboxSettings.ReadWrite") != std::string::npos);
}

TEST_CASE("a failure for want of permission names all that is needed, and for what, in one line")
{
    for (const std::string_view code : {"ErrorAccessDenied", "Authorization_RequestDenied", ""}) {
        const std::string message =
            failure_of(error(403, code, purpose::folders), "kim@contoso.example").message();
        CHECK(message.starts_with("kim@contoso.example: "));
        CHECK(message.find("(reading the folder tree)") != std::string::npos);
        for (const std::string_view need :
             {"Mail.Read to read mail", "Mail.ReadWrite to write categories to messages",
              "MailboxSettings.ReadWrite to add the categories to the mailbox's list"})
            CHECK(message.find(need) != std::string::npos);
        CHECK(message.find('\n') == std::string::npos);
    }
    const std::string other = failure_of(error(404, "ErrorInvalidUser"), "kim").message();
    CHECK(other.find("Mail.ReadWrite") == std::string::npos);
}

TEST_CASE("the service's own text, which may quote an item, is not repeated")
{
    const GraphError found = error(400, "BadRequest");

    CHECK(found.message.find("a@b.example") == std::string::npos);
    CHECK(found.request_id == "r-1");
    CHECK(found.message.find("status 400 BadRequest") != std::string::npos);
}

TEST_CASE("asked for the mailbox itself, anything that is not there is the mailbox")
{
    CHECK(error(404, "ErrorItemNotFound", purpose::folders).name == "graph.mailbox_missing");
    CHECK(classify(response(404, ""), purpose::probe_mailbox).name == "graph.mailbox_missing");
    CHECK(classify(response(404, ""), purpose::probe_mailbox).reaction == Reaction::stop);
}

TEST_CASE("the failure names the mailbox and keeps the advice")
{
    const Failure failure =
        failure_of(error(429, "TooManyRequests"), "kim@contoso.example", std::chrono::seconds(184));

    CHECK(failure.reaction() == Reaction::wait);
    CHECK(failure.message().starts_with("kim@contoso.example: "));
    CHECK(failure.advice() == std::chrono::seconds(184));
}
