#include "graph_stage.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

namespace {

constexpr const char* installation = "8f6f4c1e-6c2e-4f6e-9a4e-0d7a3b1f2c5d";

std::string property(std::string_view id, std::string_view value)
{
    return fmt::format(R"({{"id": "{}", "value": "{}"}})", id, value);
}

std::string inbox_with(const std::string& properties)
{
    return R"({"id": "AAA", "singleValueExtendedProperties": [)" + properties + "]}";
}

} // namespace

TEST_CASE("the mark is asked for by its own name, and told apart from other properties")
{
    std::string answer;
    GraphStage stage([&](const Received&) { return json_answer(200, answer); });
    const auto mark = [&](std::string body) {
        answer = std::move(body);
        return as<std::string>(stage.go(stage.connector.read_mark()));
    };
    CHECK(mark(R"({"id": "AAA"})").empty());
    CHECK(mark(inbox_with(property("String 0x3001", "Inbox"))).empty());
    CHECK(mark(inbox_with(property("String 0x3001", "Inbox") + "," +
                          property(mark_property, installation))) == installation);
    CHECK(mark(inbox_with(
              property("String {6B7F3D0E-5A53-4F5E-9C53-1F0C9A3F7D42} Name crmsync.installation",
                       installation))) == installation);

    const std::string& target = stage.requests().front().target;
    CHECK(target.starts_with("/v1.0/users/kim@contoso.example/mailFolders/inbox?$select=id&$expand="
                             "singleValueExtendedProperties($filter=id%20eq%20'String%20%7B6b7f"));
    CHECK_THAT(target, Catch::EndsWith("Name%20crmsync.installation')"));
    CHECK(stage.requests().size() == 4);
}

TEST_CASE("a mark is left in one property, and nothing else of the folder is written")
{
    GraphStage stage([](const Received&) { return json_answer(200, R"({"id": "AAA"})"); });
    CHECK_FALSE(stage.go(stage.connector.leave_mark(installation)));
    REQUIRE(stage.requests().size() == 1);
    const Received& request = stage.requests().front();
    CHECK(request.method == "PATCH");
    CHECK(request.target == "/v1.0/users/kim@contoso.example/mailFolders/inbox");
    CHECK(boost::json::parse(request.body) ==
          boost::json::parse(R"({"singleValueExtendedProperties": [)" +
                             property(mark_property, installation) + "]}"));
}

TEST_CASE("a service that knows no properties of folders keeps no marks, and is asked once")
{
    for (const int status : {400, 405, 501}) {
        CAPTURE(status);
        GraphStage stage([&](const Received&) { return json_answer(status, error_body("x")); });
        CHECK_FALSE(as<NotOffered>(stage.go(stage.connector.read_mark())).message.empty());
        CHECK(stage.go(stage.connector.leave_mark(installation)));
        CHECK(stage.requests().size() == 2);
    }
    for (const int status : {403, 404}) {
        CAPTURE(status);
        GraphStage stage([&](const Received&) { return json_answer(status, error_body("x")); });
        CHECK(stage.go(stage.connector.leave_mark(installation)));
    }
}

TEST_CASE("a mailbox that is not there has no mark to read")
{
    GraphStage stage([](const Received&) {
        return json_answer(404, error_body("MailboxNotEnabledForRESTAPI"));
    });
    CHECK_THROWS_WITH(stage.go(stage.connector.read_mark()),
                      Catch::Contains("no mailbox in Exchange Online"));
}

TEST_CASE("the directory names the account behind the address, or by its id")
{
    GraphStage stage([](const Received&) {
        return json_answer(200, R"({"id": "87d349ed", "mail": "Kim@contoso.example",
                                    "userPrincipalName": "kim.w@contoso.example"})");
    });
    const auto account = as<Account>(stage.go(stage.connector.account("")));
    CHECK(account.object_id == "87d349ed");
    CHECK(account.addresses ==
          std::vector<std::string>{"kim@contoso.example", "kim.w@contoso.example"});
    stage.go(stage.connector.account("87d349ed"));
    CHECK(stage.requests()[0].target ==
          "/v1.0/users/kim@contoso.example?$select=id,mail,userPrincipalName");
    CHECK(stage.requests()[1].target == "/v1.0/users/87d349ed?$select=id,mail,userPrincipalName");
}

TEST_CASE("a directory that may not be read, or knows nobody, is no failure")
{
    int status = 403;
    std::string code = "Authorization_RequestDenied";
    GraphStage stage([&](const Received&) { return json_answer(status, error_body(code)); });
    as<NotOffered>(stage.go(stage.connector.account("")));
    status = 404;
    code = "Request_ResourceNotFound";
    as<Gone>(stage.go(stage.connector.account("")));
    status = 501;
    as<NotOffered>(stage.go(stage.connector.account("")));
}

TEST_CASE("names are taken off the master list by their ids, whatever their case")
{
    std::vector<std::string> deleted;
    GraphStage stage([&](const Received& r) {
        if (r.target.ends_with("/masterCategories"))
            return json_answer(200,
                               R"({"value": [{"id": "1", "displayName": "Red", "color": "none"},
                {"id": "2", "displayName": "crm tracked", "color": "preset4"},
                {"id": "3", "displayName": "CRM Track", "color": "preset7"}]})");
        return batch_answer(r, [&](const boost::json::object& part) -> PartReply {
            deleted.push_back(word(part, "method") + " " + word(part, "url"));
            return {204};
        });
    });
    const std::vector<std::string> ours{"CRM Tracked", "CRM Track", "CRM Review"};
    stage.go(stage.connector.remove_master_categories(ours));
    CHECK(deleted ==
          std::vector<std::string>{"DELETE /users/kim@contoso.example/outlook/masterCategories/2",
                                   "DELETE /users/kim@contoso.example/outlook/masterCategories/3"});
}
