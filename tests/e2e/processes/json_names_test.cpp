#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>

using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;
const std::string ann = "ann@contoso.example";

/// The members of an object, sorted.
Names names_of(const json::value& value)
{
    Names names;
    for (const auto& member : value.as_object())
        names.emplace_back(member.key());
    std::sort(names.begin(), names.end());
    return names;
}

json::value told(Stage& stage, std::vector<std::string> command)
{
    command.emplace_back("--json");
    const Outcome outcome = stage.crmsync(std::move(command));
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    // The log tells an object a line.
    return json::parse(outcome.out.substr(0, outcome.out.find('\n')));
}

} // namespace

TEST_CASE("scripts find the names they rely on in what commands print as JSON")
{
    Stage stage;
    write_text(stage.folder() / "accounts.csv",
               "external_id,name,domain,industry\nA1,Adventure Works,customer.example,Cycling\n");
    REQUIRE(stage
                .crmsync({"record", "import", "--type", "account",
                          (stage.folder() / "accounts.csv").string()})
                .code == 0);
    stage.mailbox(ann);
    const std::unique_ptr<Child> daemon = stage.serve();
    const std::string id = stage.deliver(ann, {{"subject", "Offer"}});
    stage.sim("tag", {{"mailbox", ann}, {"id", id}, {"category", "CRM Track"}});
    stage.wait_for("the answer", [&] { return stage.categories(ann, "Offer") == "CRM Tracked"; });
    stage.wait_for("the end of the first load", [&] {
        return stage.text("SELECT count(first_load_ended_at) FROM sync.mailbox") == "1";
    });
    daemon->signal(SIGTERM);
    REQUIRE(daemon->wait().code == 0);

    const json::value record = told(stage, {"record", "find", "Adventure"}).at(0);
    CHECK(names_of(record) == Names{"addresses", "external_id", "fields", "id", "name", "number",
                                    "owner_id", "parent_id", "state", "type"});
    CHECK(record.at("fields").at("industry") == "Cycling");

    const std::string activity = stage.text("SELECT id::text FROM crm.activity");
    const json::value shown = told(stage, {"activity", "show", activity});
    CHECK(
        names_of(shown) ==
        Names{"attachments", "body",       "body_truncated",      "body_type",    "connections",
              "created_at",  "deleted_at", "direction",           "fields",       "id",
              "kind",        "links",      "message_id",          "occurred_at",  "owner_id",
              "owner_name",  "parties",    "regarding_by_person", "regarding_id", "regarding_name",
              "subject",     "updated_at", "visibility"});
    CHECK(names_of(shown.at("parties").at(0)) ==
          Names{"address", "is_list", "name", "record_id", "record_name", "resolution", "role"});
    CHECK(names_of(shown.at("links").at(0)) ==
          Names{"gone", "item_id", "mailbox", "mailbox_id", "rule", "tracked_at", "tracked_by"});
    CHECK(shown.at("links").at(0).at("item_id") == json::value(id));

    CHECK(names_of(told(stage, {"log", "--mailbox", ann})) ==
          Names{"at", "detail", "id", "level", "mailbox", "mailbox_id", "name"});
    const json::value load = told(stage, {"mailbox", "show", ann}).at("first_load");
    CHECK(names_of(load) == Names{"began_at", "ended_at", "folders", "folders_done",
                                  "items_answered", "messages_read", "messages_total", "percent",
                                  "state", "tagged_found"});
    CHECK(load.at("state") == "done");
    CHECK(load.at("percent") == 100);
    CHECK(load.at("folders") == load.at("folders_done"));
    CHECK(names_of(told(stage, {"mailbox", "test", ann}).at(0)) ==
          Names{"detail", "passed", "step"});
}
