#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Requests about single messages, whatever they ask.
int about_messages(Stage& stage)
{
    return stage.requests({"message.get", "message.patch", "messages.list", "attachments.list"});
}

sim::ItemRef one_in_step(Stage& stage)
{
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.start();
    stage.settle();
    return item;
}

/// Lets the next write of categories arrive, and holds its handling back.
void hold_next_write(Stage& stage)
{
    sim::Fault fault;
    fault.kind = sim::Fault::Kind::hold;
    fault.method = "POST";
    fault.path = "$batch";
    fault.after = 2; // the folders' news and the body come first
    stage.script().fail(std::move(fault));
}

} // namespace

TEST_CASE("one body and one write a message; the echo costs nothing")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    const int before = about_messages(stage);
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    REQUIRE(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(about_messages(stage) == before + 2);
    stage.settle();
    CHECK(about_messages(stage) == before + 2);
}

TEST_CASE("categories that others set between our reading and our writing survive")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    hold_next_write(stage);
    stage.script().tag(kim, item.id, "CRM Track");
    REQUIRE(stage.until([&] { return stage.script().held() > 0; }, std::chrono::minutes(3), true));
    stage.script().tag(kim, item.id, "Red");
    stage.script().release();
    stage.settle();
    CHECK(stage.categories(item) == Names{"Red", "CRM Tracked"});
    const auto& entries = stage.graph().record.entries();
    CHECK(std::count_if(entries.begin(), entries.end(), [](const sim::RecordEntry& entry) {
              return entry.operation == "message.patch" && entry.status == 412;
          }) == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0);
}

TEST_CASE("a wish taken back between our reading and our writing is not answered")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    hold_next_write(stage);
    stage.script().tag(kim, item.id, "CRM Track");
    REQUIRE(stage.until([&] { return stage.script().held() > 0; }, std::chrono::minutes(3), true));
    stage.script().untag(kim, item.id, "CRM Track");
    stage.script().release();
    stage.settle();
    CHECK(stage.categories(item).empty());
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 0);
}

TEST_CASE("an item that goes between our reading and our writing is owed nothing")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    hold_next_write(stage);
    stage.script().tag(kim, item.id, "CRM Track");
    REQUIRE(stage.until([&] { return stage.script().held() > 0; }, std::chrono::minutes(3), true));
    stage.script().remove(kim, item.id, true);
    stage.script().release();
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0);
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 1);
}

TEST_CASE("an answer to a write that carries the whole message changes nothing")
{
    Stage stage;
    stage.graph().switches.whole_message_on_patch = true;
    const sim::ItemRef item = one_in_step(stage);
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
}

TEST_CASE("a write whose answer is lost is found done")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    sim::Fault fault;
    fault.kind = sim::Fault::Kind::cut;
    fault.method = "POST";
    fault.path = "$batch";
    fault.after = 2;
    stage.script().fail(std::move(fault));
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(6));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0);
}

TEST_CASE("a throttled mailbox is left alone for as long as it was told")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    stage.script().throttle_next(1, "90");
    stage.script().tag(kim, item.id, "CRM Track");
    const Timestamp told = stage.now() + std::chrono::seconds(60 + 90);
    REQUIRE(stage.until([&] {
        return !stage.categories(item).empty() && stage.categories(item).front() == "CRM Tracked";
    }));
    CHECK(stage.now() >= told - std::chrono::seconds(60));
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
}

TEST_CASE("a provider out of order is waited out")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    sim::Fault fault;
    fault.count = 6;
    stage.script().fail(std::move(fault));
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(15));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
}
