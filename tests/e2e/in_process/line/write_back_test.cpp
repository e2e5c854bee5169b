#include "e2e/in_process/letters.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

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

/// Answers parts of batches that ask so with an error; those that go well are let through first.
sim::Fault part_fault(const char* method, const char* path, int status, int count)
{
    sim::Fault fault;
    fault.method = method;
    fault.path = path;
    fault.status = status;
    fault.code = "";
    fault.count = count;
    return fault;
}

/// Lets the next write of categories arrive, and holds its handling back.
void hold_next_write(Stage& stage)
{
    sim::Fault fault;
    fault.kind = sim::Fault::Kind::hold;
    fault.method = "POST";
    fault.path = "$batch";
    fault.after = 2; // the folders' news and the body come first
    if (in_doubt("no_extended_in_later_rounds"))
        ++fault.after; // and a look at what the row left out
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
    // What its row left out is looked at, and once more an echo of a version that was not told.
    const int looks = in_doubt("no_extended_in_later_rounds") +
                      (in_doubt("whole_message_on_patch") || in_doubt("touch_after_write"));
    CHECK(about_messages(stage) == before + 2 + looks);
    stage.settle();
    CHECK(about_messages(stage) == before + 2 + looks);
}

TEST_CASE("categories that others set between our reading and our writing survive")
{
    if (cannot_hold("ignore_if_match", "the write goes through, and nobody says what it undid"))
        return;
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
    if (cannot_hold("ignore_if_match", "the write goes through, and nobody says what it undid"))
        return;
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

TEST_CASE("throttling is waited out, however long it lasts, and never the item's failure")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    const char* path = GENERATE("body", "");
    INFO("throttled: " << path);
    sim::Fault fault = part_fault(*path ? "GET" : "PATCH", path, 429, -1);
    fault.retry_after = "40";
    stage.script().fail(std::move(fault));
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::hours(1));
    CHECK(stage.categories(item) == Names{"CRM Track"});
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'failed'") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state = 'given_up' OR attempts "
                       "> 0") == 0);
    stage.graph().faults.clear();
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("half of all parts of all batches refused, all tagged items are answered nevertheless")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    std::vector<sim::ItemRef> items;
    for (int i = 0; i < 200; ++i)
        items.push_back(
            stage.script().put(kim, "inbox", Letter("Offer").id("m" + std::to_string(i))));
    stage.settle();
    stage.graph().switches.refuse_part_every = 2; // from here on to the end
    for (const sim::ItemRef& item : items)
        stage.script().tag(kim, item.id, "CRM Track");
    const auto all_answered = [&] {
        return std::all_of(items.begin(), items.end(), [&](const sim::ItemRef& item) {
            return stage.categories(item) == Names{"CRM Tracked"};
        });
    };
    CHECK(stage.until(all_answered, std::chrono::minutes(4)));
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 200);
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
}

TEST_CASE("a write that the provider cannot carry out for hours is carried out in the end")
{
    Stage stage;
    stage.settings.sync.poll_interval = std::chrono::minutes(10); // hours pass
    const sim::ItemRef item = one_in_step(stage);
    stage.script().fail(part_fault("PATCH", "", 500, -1));
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::hours(6));
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state = 'given_up'") == 0);
    const int asked = stage.requests({"message.patch"});
    stage.run_for(std::chrono::hours(4));
    CHECK(stage.requests({"message.patch"}) < asked + 12); // each attempt is three
    stage.graph().faults.clear();
    stage.run_for(std::chrono::hours(5));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("a write that meets conflict after conflict on one version is not given up")
{
    Stage stage;
    stage.settings.sync.poll_interval = std::chrono::minutes(10); // hours pass
    const sim::ItemRef item = one_in_step(stage);
    stage.graph().switches.conflict_next = 9;
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::hours(4));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("to a mailbox that is full nothing is written for an hour, and it is read all the same")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    stage.script().fail(part_fault("PATCH", "", 507, -1));
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stage.rows("SELECT level || ' ' || name FROM sync.event WHERE name LIKE 'graph.%'") ==
          Stage::Rows{"warn graph.mailbox_full"});
    const int asked = stage.requests({"message.patch"});
    stage.script().put(kim, "inbox", Letter("Another").id("m2").from(ann).tagged());
    stage.run_for(std::chrono::minutes(40));
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 2);
    CHECK(stage.requests({"message.patch"}) <= asked + 1); // the new one's
    CHECK(stage.rows("SELECT state FROM sync.mailbox") == Stage::Rows{"enabled"});
    stage.graph().faults.clear();
    stage.run_for(std::chrono::hours(2));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("the wish of an item that could not be read for a while stays a person's")
{
    Stage stage;
    one_in_step(stage);
    // So old that nothing was noted down about it.
    const sim::ItemRef item = stage.script().put(
        kim, "inbox", Letter("Old").id("m0").at(stage.now() - std::chrono::days(40)));
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM sync.decision") == 1);
    stage.script().fail(part_fault("GET", "body", 500, 9));
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(1));
    stage.until([&] { return stage.number("SELECT count(*) FROM sync.parked") == 1; });
    REQUIRE(stage.number("SELECT count(*) FROM sync.parked") == 1);
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.rows("SELECT tracked_by || ' ' || rule FROM sync.link") ==
          Stage::Rows{"user hand_tag"});
}

TEST_CASE("the wish of a new item that could not be read for a while stays an inbox rule's")
{
    Stage stage;
    one_in_step(stage);
    stage.script().fail(part_fault("GET", "body", 500, 9));
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("New").id("m2").tagged());
    stage.until([&] { return stage.number("SELECT count(*) FROM sync.parked") == 1; });
    REQUIRE(stage.number("SELECT count(*) FROM sync.parked") == 1);
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT tracked_by || ' ' || rule FROM sync.link") ==
          Stage::Rows{"rule rule_tag"});
}

TEST_CASE("items that were set aside are tried again when they are due, all of them")
{
    Stage stage;
    one_in_step(stage);
    stage.script().fail(part_fault("GET", "body", 500, -1));
    constexpr int many = 30;
    for (int i = 0; i < many; ++i)
        stage.script().put(kim, "inbox", Letter("New").id("n" + std::to_string(i)).tagged());
    stage.until([&] { return stage.number("SELECT count(*) FROM sync.parked") == many; });
    REQUIRE(stage.number("SELECT count(*) FROM sync.parked") == many);
    stage.graph().faults.clear();
    stage.run_for(std::chrono::seconds(45)); // sooner than the next poll
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == many);
}

TEST_CASE("a mailbox that may not be written to is read all the same")
{
    Stage stage;
    const sim::ItemRef item = one_in_step(stage);
    sim::Fault denied = part_fault("PATCH", "", 403, -1);
    denied.code = "ErrorAccessDenied";
    stage.script().fail(std::move(denied));
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    stage.script().put(kim, "inbox", Letter("Another").id("m2").tagged());
    stage.run_for(std::chrono::minutes(20));
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 2);
    CHECK(stage.rows("SELECT split_part(last_failure, ':', 1) FROM sync.mailbox") ==
          Stage::Rows{"graph.access_denied"});
    stage.graph().faults.clear();
    stage.run_for(std::chrono::minutes(20));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("one message that may not be written to is given up, and the others are answered")
{
    Stage stage;
    stage.settings.sync.poll_interval = std::chrono::minutes(10);
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    std::vector<sim::ItemRef> items;
    for (int i = 0; i < 45; ++i)
        items.push_back(
            stage.script().put(kim, "inbox", Letter("Offer").id("m" + std::to_string(i)).tagged()));
    sim::Fault denied = part_fault("PATCH", items[30].id.c_str(), 403, -1);
    denied.code = "ErrorAccessDenied";
    stage.script().fail(std::move(denied));
    stage.run_for(std::chrono::minutes(15));
    for (std::size_t i = 0; i < items.size(); ++i)
        CHECK((stage.categories(items[i]) == Names{"CRM Tracked"}) == (i != 30));
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 1);
    CHECK(stage.rows("SELECT last_failure FROM sync.mailbox") == Stage::Rows{""});
    stage.run_for(std::chrono::hours(3));
    CHECK(stage.rows("SELECT state || ' ' || last_failure FROM sync.write_back WHERE state <> "
                     "'done'") == Stage::Rows{"given_up graph.access_denied"});
    CHECK(stage.rows("SELECT last_failure FROM sync.mailbox") == Stage::Rows{""});
}

TEST_CASE("categories of others are written back to the letter, whatever characters they hold")
{
    Stage stage;
    stage.mailbox(kim);
    const Names odd{"c\x1b[31m", std::string("n\0", 2), "tab\t", "r\x7f"};
    Letter letter("Odd");
    letter.id("m1").mail().categories = odd;
    const sim::ItemRef item = stage.script().put(kim, "inbox", letter);
    stage.start();
    stage.settle();
    Names tagged = odd;
    tagged.push_back("CRM Track");
    stage.script().set_categories(kim, item.id, tagged);
    stage.settle();
    Names tracked = odd;
    tracked.push_back("CRM Tracked");
    CHECK(stage.categories(item) == tracked);
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0);
}
