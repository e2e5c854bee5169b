#include "running_simulator.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

namespace {

/// The two halves of an exchange as an example file shows them. Either may be missing.
struct Exchange {
    std::string title; ///< of the answer: "Response, wrong secret"
    std::string method, target, body;
    Headers headers;
    int status = 0;
    std::optional<json::value> answer;
};

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

std::vector<Exchange> read_example(const std::string& name)
{
    const char* const folder = std::getenv("CRMSYNC_GRAPH_EXAMPLES");
    std::ifstream file(std::string(folder) + "/" + name + ".http.md");
    INFO("example " << name);
    REQUIRE(file.good());
    std::vector<Exchange> exchanges;
    std::string line, title, block;
    bool inside = false;
    Exchange pending;
    while (std::getline(file, line)) {
        if (line.starts_with("## ")) {
            title = line.substr(3);
        } else if (!inside && line.starts_with("```")) {
            inside = true;
            block.clear();
        } else if (inside && line.starts_with("```")) {
            inside = false;
            if (title.starts_with("Request")) {
                pending = Exchange{};
                read_request(pending, block);
            } else if (title.starts_with("Response")) {
                Exchange exchange = pending;
                exchange.title = title;
                read_response(exchange, block);
                exchanges.push_back(std::move(exchange));
            }
        } else if (inside) {
            block += line + '\n';
        }
    }
    REQUIRE(!exchanges.empty());
    return exchanges;
}

/// Names of the example must be in ours, at every level; `except` are values the example has by
/// chance (a search folder, an address that may be absent).
void compare(const json::value& theirs, const json::value& ours, const std::string& where,
             const std::set<std::string>& except)
{
    if (theirs.is_array() && ours.is_array()) {
        if (!theirs.get_array().empty() && !ours.get_array().empty())
            compare(theirs.get_array()[0], ours.get_array()[0], where + "[0]", except);
        return;
    }
    if (!theirs.is_object() || !ours.is_object())
        return;
    for (const auto& [name, value] : theirs.get_object()) {
        const std::string key{name};
        if (except.contains(key))
            continue;
        INFO(where << "." << key
                   << " is in the example; ours: " << json::serialize(ours).substr(0, 600));
        const json::value* const mine = ours.get_object().if_contains(name);
        CHECK(mine);
        if (mine)
            compare(value, *mine, where + "." + key, except);
    }
}

/// Names that the metadata or the examples know; anything else in an answer is invented.
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

/// Examples of /me and of ids that exist nowhere, turned to Ann's mailbox and a message in it.
struct Replay : Running {
    ItemRef item;
    std::string attachment, category, folder;

    Replay()
    {
        Mail mail;
        mail.from = Address{"Adele", "adele@customer.example"};
        mail.to = {{"Ann", ann}};
        mail.cc = {{"Cy", "cy@customer.example"}};
        mail.subject = "RE: Talk";
        mail.body = "<p>Hi</p>";
        mail.extended = {{"string {66f5a359-4659-4830-9070-00047ec6ac6e} name Color", "Green"}};
        Attachment file, other;
        file.name = "a.txt";
        file.content_type = "text/plain";
        file.content = std::make_shared<const std::string>("abc");
        mail.attachments = {file};
        item = deliver(mail).front();
        const auto list = get(message(item, "/attachments")).json();
        attachment = text(list.at("value").at(0), "id");
    }

    std::string add_attachment(Attachment made)
    {
        return server.run([&](Script& s) {
            Item& to = s.item(ann, item.id);
            made.number = s.mailbox(ann).next_attachment();
            to.attachments.push_back(made);
            return attachment_id(s.mailbox(ann).default_id(to), made.number);
        });
    }

    /// The example's target with our mailbox and, in the place of each id, one of ours.
    std::string path_of(const Exchange& exchange)
    {
        const auto version = exchange.target.find("/v1.0");
        std::string path = exchange.target.substr(version + 5);
        for (const std::string_view from : {"/me/", "/Me/", "/me"})
            if (path.starts_with(from)) {
                path =
                    "/users/" + ann + (from.ends_with('/') ? "/" : "") + path.substr(from.size());
                break;
            }
        Request words;
        read_target(words, path);
        std::string out;
        for (std::size_t i = 0; i < words.path.size(); ++i) {
            const std::string_view before = i ? std::string_view(words.path[i - 1]) : "";
            std::string word = words.path[i];
            if (same_name(before, "users"))
                word = ann;
            else if (same_name(before, "messages") && word != "delta" && word[0] != '$')
                word = item.id;
            else if (same_name(before, "mailFolders") && word != "delta")
                word = "inbox";
            else if (same_name(before, "attachments") && word != "createUploadSession")
                word = attachment;
            else if (same_name(before, "masterCategories"))
                word = category;
            out += '/' + word;
        }
        if (!words.query.empty()) {
            out += '?';
            for (const char c : words.query)
                out += c == ' ' ? std::string("%20") : std::string(1, c);
        }
        return out;
    }

    Response replay(const Exchange& exchange, std::string path = {})
    {
        if (path.empty())
            path = path_of(exchange);
        Headers headers;
        for (const auto& [name, value] : exchange.headers)
            if (same_name(name, "Prefer") || same_name(name, "Content-Type"))
                headers.emplace_back(name, value);
        INFO(exchange.method << " " << path);
        const Response response = call(exchange.method, path, exchange.body, headers);
        INFO(response.body.substr(0, 400));
        CHECK(response.status == exchange.status);
        return response;
    }

    Response check(const Exchange& exchange, const std::set<std::string>& except = {},
                   std::string path = {})
    {
        const Response response = replay(exchange, std::move(path));
        INFO(exchange.method << " " << exchange.target);
        if (exchange.answer && !response.body.empty()) {
            const json::value ours = response.json();
            compare(*exchange.answer, ours, "answer", except);
            check_known(ours, "answer");
        }
        return response;
    }
};

bool skipped()
{
    if (std::getenv("CRMSYNC_GRAPH_EXAMPLES"))
        return false;
    WARN("CRMSYNC_GRAPH_EXAMPLES is not set: the examples are not replayed");
    return true;
}

} // namespace

TEST_CASE("the documentation's examples of reading mail get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    for (const std::string name :
         {"message-get", "message-get-body-as-text", "message-get-internetmessageheaders",
          "message-list", "message-attachments-list", "attachment-get-file", "mailfolder-get"}) {
        INFO(name);
        for (const Exchange& exchange : read_example(name))
            sim.check(exchange);
    }
    for (const Exchange& exchange : read_example("mailfolder-list"))
        sim.check(exchange, {"isSupported", "filterQuery"});
    sim.check(read_example("extended-property-get-filter").front(),
              {"@odata.id", "singleValueExtendedProperties@odata.context"});
    const auto mime = sim.replay(read_example("message-get-mime").front());
    CHECK(mime.header("Content-Type") == "text/plain");
    CHECK(mime.body.find("Message-ID: ") != std::string::npos);
}

TEST_CASE(
    "the documentation's examples of attachments of other kinds get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    Attachment nested;
    nested.kind = Attachment::Kind::item;
    nested.name = "Reminder";
    auto inner = std::make_shared<Item>();
    inner->from = inner->sender = Address{"A", "a@b.example"};
    inner->subject = "Reminder";
    inner->body.text = std::make_shared<const std::string>("x");
    nested.item = inner;
    sim.attachment = sim.add_attachment(nested);
    const auto item = read_example("attachment-get-item");
    sim.check(item.at(0));
    sim.check(item.at(1), {"item@odata.context", "internetMessageHeaders"});
    Attachment reference;
    reference.kind = Attachment::Kind::reference;
    reference.name = "Plan.docx";
    reference.content_type = "application/msword";
    sim.attachment = sim.add_attachment(reference);
    sim.check(read_example("attachment-get-reference").front());
    CHECK(sim.get(sim.message(sim.item, "/attachments/" + sim.attachment + "/$value")).status ==
          405);
}

TEST_CASE("the documentation's delta rounds get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    for (int i = 0; i < 4; ++i)
        sim.deliver_to_ann("m");
    const auto rounds = read_example("message-delta-rounds");
    REQUIRE(rounds.size() == 4);
    json::value page = sim.check(rounds[0]).json();
    for (std::size_t i = 1; i < rounds.size(); ++i) {
        if (i == 3)
            sim.server.run([&](Script& s) { s.remove(sim.ann, sim.item.id, true); });
        const bool next = page.as_object().contains("@odata.nextLink");
        CHECK(next == (i < 3));
        const std::string link{page.at(next ? "@odata.nextLink" : "@odata.deltaLink").as_string()};
        page = sim.check(rounds[i], {}, link.substr(link.find("/v1.0") + 5)).json();
    }
    for (const Exchange& exchange : read_example("mailfolder-delta"))
        sim.check(exchange);
    const auto filters = read_example("message-delta-filters");
    const auto refused = sim.get(sim.inbox("/messages/delta?$filter=contains(subject,'x')"));
    CHECK(refused.status == filters.back().status);
    compare(*filters.back().answer, refused.json(), "answer", {});
}

TEST_CASE("the documentation's examples of writing mail get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    const auto categories = read_example("message-update-categories");
    Exchange write = categories.at(0);
    sim.check(write);
    CHECK(sim.call("PATCH", sim.message(sim.item), write.body, {{"If-Match", "W/\"stale\""}})
              .status == categories.at(1).status);
    sim.check(read_example("message-move").front());
    for (const std::string name : {"draft-create", "draft-create-custom-headers"})
        sim.check(read_example(name).front());
    sim.check(read_example("attachment-add-file-small").front());
    const auto reply = sim.call("POST", sim.message(sim.item, "/createReply"));
    CHECK(reply.status == 201);
    compare(*read_example("draft-create-reply").front().answer, reply.json(), "answer", {});

    const std::string draft = sim.server.run([&](Script& s) {
        return s.draft(sim.ann, Mail{.to = {{"", sim.bob}}, .subject = "draft"}).id;
    });
    const auto update = read_example("draft-update-body");
    const ItemRef received = sim.item;
    sim.item.id = draft;
    sim.check(update.at(0));
    sim.replay(read_example("draft-send").front());
    sim.item = received;
    const auto refused = sim.replay(Exchange{.method = "PATCH",
                                             .target = "https://x/v1.0/me/messages/1",
                                             .body = update.at(0).body,
                                             .headers = {{"Content-Type", "application/json"}},
                                             .status = update.at(1).status});
    compare(*update.at(1).answer, refused.json(), "answer", {});
    for (const Exchange& exchange : read_example("mail-send-direct"))
        sim.replay(exchange);
    sim.replay(read_example("message-delete").front());
}

TEST_CASE("the documentation's examples of categories get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    sim.check(read_example("mastercategories-list").front());
    sim.category = text(sim.check(read_example("mastercategories-create").front()).json(), "id");
    sim.check(read_example("mastercategories-update").front());
    sim.replay(read_example("mastercategories-delete").front());
}

TEST_CASE("the documentation's batches get answers of the same shape")
{
    if (skipped())
        return;
    for (const std::string name : {"batch-basic", "batch-dependson"}) {
        Replay sim;
        const Exchange example = read_example(name).front();
        std::string body;
        const json::value batch = json::parse(example.body);
        json::value ours = batch;
        const std::string gone = sim.server.run([&](Script& s) {
            const auto doomed = s.put(sim.ann, "inbox", Mail{.subject = "x"});
            s.remove(sim.ann, doomed.id, true);
            return doomed.id;
        });
        for (json::value& part : ours.at("requests").as_array()) {
            Exchange one;
            one.target = "/v1.0" + text(part, "url");
            std::string path = sim.path_of(one);
            if (one.target.find("Gone") != std::string::npos)
                path.replace(path.find(sim.item.id), sim.item.id.size(), gone);
            part.as_object()["url"] = path;
        }
        Exchange rewritten = example;
        rewritten.body = json::serialize(ours);
        const json::value answer = sim.replay(rewritten, "/$batch").json();
        for (const auto& theirs : example.answer->at("responses").as_array())
            for (const auto& mine : answer.at("responses").as_array())
                if (mine.at("id") == theirs.at("id")) {
                    INFO(name << " part " << json::serialize(mine).substr(0, 300));
                    CHECK(mine.at("status") == theirs.at("status"));
                    compare(theirs, mine, "part", {"ETag", "OData-Version"});
                }
    }
}

TEST_CASE("the documentation's sign-in answers and errors have the shape and status of ours")
{
    if (skipped())
        return;
    Replay sim;
    const Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};
    const std::string path = "/contoso.example/oauth2/v2.0/token";
    const auto good = sim.client.send("POST", path, Running::form("simulator-secret"), form);
    compare(*read_example("token-client-secret").front().answer, good.json(), "token", {});
    compare(*read_example("token-certificate-assertion").front().answer, good.json(), "token", {});
    for (const Exchange& exchange : read_example("token-errors")) {
        if (!exchange.answer || !exchange.answer->as_object().contains("error_codes"))
            continue;
        const std::int64_t number = exchange.answer->at("error_codes").at(0).as_int64();
        std::string where = path, body = Running::form("wrong");
        if (number == 90002)
            where = "/contoso.invalid/oauth2/v2.0/token";
        else if (number == 700016)
            body = "client_id=nobody";
        else if (number == 70011)
            body = "client_id=535fb089-9ff3-47b6-9bfb-4f1264799865&grant_type=client_credentials";
        else
            sim.server.run([&](Script& s) {
                s.graph().tokens.application().fail_next = 1;
                s.graph().tokens.application().fail_number = static_cast<int>(number);
            });
        INFO(exchange.title);
        const auto ours = sim.client.send("POST", where, body, form);
        CHECK(ours.status == exchange.status);
        CHECK(ours.json().at("error_codes").at(0).as_int64() == number);
        CHECK(ours.json().at("error") == exchange.answer->at("error"));
        compare(*exchange.answer, ours.json(), "error", {});
    }
}

TEST_CASE("the documentation's error bodies can be made to come, with their status and code")
{
    if (skipped())
        return;
    Replay sim;
    for (const std::string name :
         {"error-400-bad-request", "error-403-forbidden", "error-404-not-found",
          "error-409-conflict", "error-410-sync-reset", "error-412-changekey",
          "error-413-too-large", "error-429-throttling", "error-500-502-503-504",
          "error-507-quota"}) {
        for (const Exchange& exchange : read_example(name)) {
            INFO(name << ": " << exchange.title);
            Fault fault;
            fault.status = exchange.status;
            if (exchange.answer)
                fault.code = text(exchange.answer->at("error"), "code");
            else
                fault.empty_body = true;
            sim.server.run([&](Script& s) { s.fail(fault); });
            const auto ours = sim.get(sim.message(sim.item));
            CHECK(ours.status == exchange.status);
            if (exchange.answer) {
                CHECK(ours.code() == fault.code);
                compare(exchange.answer->at("error"), ours.json().at("error"), "error",
                        {"status", "code", "message"});
            }
        }
    }
}
