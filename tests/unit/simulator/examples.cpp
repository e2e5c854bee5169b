#include "examples.hpp"

#include "support/skipped.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace crmsync::sim::test {

namespace {

std::string without(std::string text, std::string_view part)
{
    if (const auto at = text.find(part); at != std::string::npos)
        text.erase(at, part.size());
    return text;
}

void read_request(Exchange& exchange, const std::string& block)
{
    std::istringstream lines(block);
    std::string line;
    bool in_body = false;
    while (std::getline(lines, line)) {
        if (in_body) {
            exchange.body += line;
        } else if (exchange.method.empty()) {
            const auto space = line.find(" http");
            if (space == std::string::npos)
                continue;
            exchange.method = line.substr(0, space);
            exchange.target = without(line.substr(space + 1), " HTTP/1.1");
        } else if (const auto colon = line.find(": ");
                   colon != std::string::npos && line[0] != '{') {
            exchange.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        } else if (!line.empty()) {
            in_body = true;
            exchange.body = line;
        }
    }
}

void read_response(Exchange& exchange, const std::string& block)
{
    const auto space = block.find(' ');
    exchange.status = block.starts_with("HTTP") ? std::atoi(block.c_str() + space) : 200;
    // A header may hold braces too: the body begins after the empty line.
    const auto empty_line = block.starts_with("HTTP") ? block.find("\n\n") : 0;
    if (const auto open = block.find('{', empty_line); open != std::string::npos) {
        boost::system::error_code ec;
        json::value value = json::parse(block.substr(open), ec);
        if (!ec)
            exchange.answer = std::move(value);
    }
}

/// The titles and code blocks of a file, in their order.
std::vector<std::pair<std::string, std::string>> read_blocks(const std::string& name)
{
    INFO("example " << name);
    REQUIRE(replayed_examples().contains(name));
    const char* const folder = std::getenv("CRMSYNC_GRAPH_EXAMPLES");
    std::ifstream file(std::string(folder) + "/" + name + ".http.md");
    REQUIRE(file.good());
    std::vector<std::pair<std::string, std::string>> blocks;
    std::string line, title, block;
    bool inside = false;
    while (std::getline(file, line)) {
        if (line.starts_with("## ")) {
            title = line.substr(3);
        } else if (line.starts_with("```")) {
            if (inside)
                blocks.emplace_back(title, std::exchange(block, {}));
            inside = !inside;
        } else if (inside) {
            block += line + '\n';
        }
    }
    return blocks;
}

std::string_view kind_of(const json::value& value)
{
    if (value.is_number())
        return "number";
    switch (value.kind()) {
    case json::kind::object:
        return "object";
    case json::kind::array:
        return "list";
    case json::kind::string:
        return "text";
    case json::kind::bool_:
        return "truth";
    default:
        return "null";
    }
}

/// Where a value is not of the shape of the example's, a line each.
std::vector<std::string> differences(const json::value& theirs, const json::value& ours,
                                     const std::string& where, const std::set<std::string>& except);

/// The differences to that row of ours which is most like the example's.
std::vector<std::string> differences_of_row(const json::value& theirs, const json::array& ours,
                                            const std::string& where,
                                            const std::set<std::string>& except)
{
    std::vector<std::string> fewest{where + " has no row here"};
    for (auto row = ours.begin(); row != ours.end(); ++row) {
        auto found = differences(theirs, *row, where, except);
        if (row == ours.begin() || found.size() < fewest.size())
            fewest = std::move(found);
    }
    return fewest;
}

std::vector<std::string> differences(const json::value& theirs, const json::value& ours,
                                     const std::string& where, const std::set<std::string>& except)
{
    // What is not set is null, and then tells nothing of its kind.
    if (theirs.is_null() || (theirs.is_string() && ours.is_null()))
        return {};
    if (kind_of(theirs) != kind_of(ours))
        return {fmt::format("{} is a {}, and here a {}", where, kind_of(theirs), kind_of(ours))};
    std::vector<std::string> all;
    const auto add = [&](std::vector<std::string> more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    if (theirs.is_array()) {
        const json::array& rows = theirs.get_array();
        for (std::size_t i = 0; i < rows.size(); ++i)
            add(differences_of_row(rows[i], ours.get_array(), fmt::format("{}[{}]", where, i),
                                   except));
    } else if (theirs.is_object()) {
        for (const auto& [name, value] : theirs.get_object()) {
            const std::string key{name};
            if (except.contains(key))
                continue;
            const json::value* const mine = ours.get_object().if_contains(name);
            const std::string place = fmt::format("{}.{}", where, key);
            if (mine)
                add(differences(value, *mine, place, except));
            else
                all.push_back(place + " is not here");
        }
    }
    return all;
}

} // namespace

const std::set<std::string>& replayed_examples()
{
    static const std::set<std::string> names{
        "attachment-add-file-small",
        "attachment-get-file",
        "attachment-get-item",
        "attachment-get-raw-value",
        "attachment-get-reference",
        "batch-basic",
        "batch-dependson",
        "batch-with-429",
        "draft-create",
        "draft-create-custom-headers",
        "draft-create-reply",
        "draft-send",
        "draft-update-body",
        "error-400-bad-request",
        "error-401-token",
        "error-403-forbidden",
        "error-404-not-found",
        "error-409-conflict",
        "error-410-sync-reset",
        "error-412-changekey",
        "error-413-too-large",
        "error-429-throttling",
        "error-500-502-503-504",
        "error-507-quota",
        "extended-property-create-patch",
        "extended-property-get-filter",
        "headers-prefer",
        "mail-send-direct",
        "mail-send-mime",
        "mailfolder-delta",
        "mailfolder-get",
        "mailfolder-list",
        "mastercategories-create",
        "mastercategories-delete",
        "mastercategories-list",
        "mastercategories-update",
        "message-attachments-list",
        "message-delete",
        "message-delta-empty-page-with-nextlink",
        "message-delta-filters",
        "message-delta-removed-and-moved",
        "message-delta-rounds",
        "message-get",
        "message-get-body-as-text",
        "message-get-internetmessageheaders",
        "message-get-mime",
        "message-list",
        "message-move",
        "message-update-categories",
        "token-certificate-assertion",
        "token-client-secret",
        "token-errors",
        "translate-exchange-ids",
    };
    return names;
}

const std::map<std::string, std::string>& skipped_examples()
{
    static const std::map<std::string, std::string> reasons{
        {"attachment-upload-session", "upload sessions are not here: nobody attaches anything"},
        {"calendar", "no calendars"},
        {"contact", "no contacts"},
        {"event", "no calendars"},
        {"notification", "no subscriptions"},
        {"open-extension", "no open extensions"},
        {"subscription", "no subscriptions"},
        {"todo", "no tasks"},
        {"user-", "nobody here reads the directory or the settings of a mailbox"},
    };
    return reasons;
}

bool skipped()
{
    if (std::getenv("CRMSYNC_GRAPH_EXAMPLES"))
        return false;
    crmsync::test::note_skipped("CRMSYNC_GRAPH_EXAMPLES is not set, the examples are not replayed");
    return true;
}

std::set<std::string> example_files()
{
    constexpr std::string_view ending = ".http.md";
    std::set<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::getenv("CRMSYNC_GRAPH_EXAMPLES"))) {
        const std::string name = entry.path().filename();
        if (name.ends_with(ending))
            names.insert(name.substr(0, name.size() - ending.size()));
    }
    return names;
}

std::vector<Exchange> read_example(const std::string& name)
{
    std::vector<Exchange> exchanges;
    Exchange pending;
    for (const auto& [title, block] : read_blocks(name)) {
        if (title.starts_with("Request")) {
            pending = Exchange{};
            read_request(pending, block);
        } else if (title.starts_with("Response")) {
            Exchange exchange = pending;
            exchange.title = title;
            read_response(exchange, block);
            exchanges.push_back(std::move(exchange));
        }
    }
    REQUIRE(!exchanges.empty());
    return exchanges;
}

std::vector<std::string> read_request_bodies(const std::string& name)
{
    std::vector<std::string> bodies;
    for (const auto& [title, block] : read_blocks(name))
        if (title.starts_with("Request")) {
            Exchange exchange;
            read_request(exchange, block);
            bodies.push_back(std::move(exchange.body));
        }
    return bodies;
}

void compare(const json::value& theirs, const json::value& ours, const std::string& where,
             const std::set<std::string>& except)
{
    INFO("ours: " << json::serialize(ours).substr(0, 600));
    CHECK(fmt::format("{}", fmt::join(differences(theirs, ours, where, except), "\n")) == "");
}

void check_known(const json::value& ours, const std::string& where)
{
    static const std::set<std::string, std::less<>> known{"id",
                                                          "value",
                                                          "error",
                                                          "code",
                                                          "message",
                                                          "innerError",
                                                          "date",
                                                          "request-id",
                                                          "client-request-id",
                                                          "reason",
                                                          "name",
                                                          "address",
                                                          "emailAddress",
                                                          "contentType",
                                                          "content",
                                                          "flagStatus",
                                                          "displayName",
                                                          "parentFolderId",
                                                          "childFolderCount",
                                                          "unreadItemCount",
                                                          "totalItemCount",
                                                          "isHidden",
                                                          "size",
                                                          "isInline",
                                                          "lastModifiedDateTime",
                                                          "contentId",
                                                          "contentLocation",
                                                          "contentBytes",
                                                          "item",
                                                          "color",
                                                          "responses",
                                                          "status",
                                                          "headers",
                                                          "body",
                                                          "token_type",
                                                          "expires_in",
                                                          "ext_expires_in",
                                                          "access_token",
                                                          "error_description",
                                                          "error_codes",
                                                          "timestamp",
                                                          "trace_id",
                                                          "correlation_id",
                                                          "error_uri",
                                                          "sourceId",
                                                          "targetId",
                                                          "errorDetails"};
    if (ours.is_array()) {
        for (const json::value& one : ours.get_array())
            check_known(one, where + "[]");
        return;
    }
    if (!ours.is_object())
        return;
    for (const auto& [name, value] : ours.get_object()) {
        INFO(where << "." << std::string_view(name));
        CHECK((name.find('@') != std::string_view::npos || known.contains(std::string_view(name)) ||
               message_property(name)));
        if (name != "headers")
            check_known(value, where + "." + std::string(name));
    }
}

} // namespace crmsync::sim::test
