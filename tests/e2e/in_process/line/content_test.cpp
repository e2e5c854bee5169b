#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Whatever is asked about this one message is refused.
void refuse(Stage& stage, const sim::ItemRef& item, int status, std::string code, int count)
{
    sim::Fault fault;
    fault.method = "GET";
    fault.path = item.id;
    fault.status = status;
    fault.code = std::move(code);
    fault.count = count;
    stage.script().fail(std::move(fault));
}

} // namespace

TEST_CASE("attachments are stored, or skipped with the reason")
{
    Stage stage;
    stage.settings.attachments.max_bytes = 400'000;
    stage.mailbox(kim);
    stage.script().put(kim, "inbox",
                       Letter()
                           .id("m1")
                           .tagged()
                           .file("offer.pdf", std::string(1000, 'a'))
                           .file("plan.pdf", std::string(300'000, 'b'))
                           .file("tool.EXE", "MZ")
                           .file("film.mp4", std::string(500'000, 'c'))
                           .file("logo.png", "p", true));
    stage.script().put(kim, "inbox",
                       Letter("Again").id("m2").tagged().file("copy.pdf", std::string(1000, 'a')));
    stage.start();
    stage.settle();
    CHECK(stage.rows(
              "SELECT concat_ws('|', name, status, reason) FROM crm.attachment ORDER BY name") ==
          Stage::Rows{"copy.pdf|stored", "film.mp4|skipped|size", "logo.png|skipped|inline",
                      "offer.pdf|stored", "plan.pdf|stored", "tool.EXE|skipped|type"});
    CHECK(stage.number("SELECT count(*) FROM store.blob") == 2);
    CHECK(stage.one(
              "SELECT string_agg(length(content)::text, ',' ORDER BY n) FROM store.blob_part AS p "
              "JOIN store.blob AS b USING (sha256) WHERE b.size = 300000") == "262144,37856");
}

TEST_CASE("a long body is cut at a character and says so")
{
    Stage stage;
    stage.settings.attachments.max_body_bytes = 1001;
    stage.mailbox(kim);
    std::string text;
    for (int i = 0; i < 2000; ++i)
        text += "\xc3\xa4"; // an a with dots
    stage.script().put(kim, "inbox", Letter().id("m1").tagged().body(text, false));
    stage.start();
    stage.settle();
    CHECK(
        stage.rows(
            "SELECT concat_ws('|', octet_length(body) <= 1001, body_truncated, body_bytes > 4000) "
            "FROM crm.activity") == Stage::Rows{"t|t|t"});
}

TEST_CASE("a message that cannot be read is set aside, and the folder goes on")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const sim::ItemRef broken = stage.script().put(kim, "inbox", Letter("Broken").id("m1"));
    const sim::ItemRef sound = stage.script().put(kim, "inbox", Letter("Sound").id("m2"));
    stage.settle();
    refuse(stage, broken, 400, "ErrorCorruptData", -1);
    stage.script().tag(kim, broken.id, "CRM Track");
    stage.script().tag(kim, sound.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(sound) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 1);

    // Not for want of trying.
    stage.run_for(std::chrono::hours(3));
    CHECK(stage.categories(broken) == Names{"CRM Failed"});
    CHECK(stage.rows("SELECT outcome FROM sync.decision WHERE item_id = '" + broken.id + "'") ==
          Stage::Rows{"failed"});

    // A person asks again, and now it can be read.
    stage.graph().faults.clear();
    stage.script().set_categories(kim, broken.id, {"CRM Track"});
    stage.settle();
    CHECK(stage.categories(broken) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
}

TEST_CASE("a message whose body is said to be missing is set aside while it is there")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Odd").id("m1").tagged());
    const sim::ItemRef sound = stage.script().put(kim, "inbox", Letter("Sound").id("m2").tagged());
    sim::Fault fault;
    fault.path = item.id + "?$select=id,changeKey,body";
    fault.status = 404;
    fault.code = "ErrorItemNotFound";
    fault.count = -1;
    stage.script().fail(std::move(fault));
    stage.start();
    stage.settle();
    CHECK(stage.categories(sound) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT reason FROM sync.parked") == Stage::Rows{"item.body_missing"});
    stage.run_for(std::chrono::hours(3));
    CHECK(stage.categories(item) == Names{"CRM Failed"});
}

TEST_CASE("an attachment for which the server is always busy holds up no other message")
{
    const std::size_t size = GENERATE(1000, 300'000); // in a batch, and by itself
    INFO(size);
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(
        kim, "inbox", Letter("Stuck").id("m0").tagged().file("offer.pdf", std::string(size, 'a')));
    std::vector<sim::ItemRef> others;
    for (int i = 1; i < 30; ++i)
        others.push_back(stage.script().put(kim, "inbox",
                                            Letter("Other")
                                                .id("m" + std::to_string(i))
                                                .tagged()
                                                .file("plan.pdf", std::string(size, 'b'))));
    sim::Fault busy;
    busy.path = item.id + "/attachments/";
    busy.count = -1;
    busy.empty_body = true;
    stage.script().fail(std::move(busy));
    stage.start();
    stage.run_for(std::chrono::minutes(1));
    for (const sim::ItemRef& other : others)
        CHECK(stage.categories(other) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT reason FROM sync.parked") ==
          Stage::Rows{"item.attachment_unavailable"});
    stage.run_for(std::chrono::hours(3));
    CHECK(stage.categories(item) == Names{"CRM Tracked"}); // at last without it
    CHECK(stage.rows("SELECT concat_ws('|', status, reason) FROM crm.attachment WHERE name = "
                     "'offer.pdf'") == Stage::Rows{"skipped|unreadable"});
}

TEST_CASE("a body for which the server is always busy sets only its message aside")
{
    Stage stage;
    stage.mailbox(kim);
    std::vector<sim::ItemRef> items;
    for (int i = 0; i < 50; ++i)
        items.push_back(
            stage.script().put(kim, "inbox", Letter("Offer").id("m" + std::to_string(i)).tagged()));
    sim::Fault busy;
    busy.path = items.front().id;
    busy.count = -1;
    busy.empty_body = true;
    stage.script().fail(std::move(busy));
    stage.start();
    stage.run_for(std::chrono::minutes(1));
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 49);
}

TEST_CASE("a body that fails for a while is read later")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1").tagged());
    refuse(stage, item, 500, "ErrorInternalServerError", 3);
    stage.start();
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
}

TEST_CASE("a list row that is no message is set aside, and the folder goes on")
{
    Stage stage;
    stage.mailbox(kim);
    sim::Mail damaged = Letter("Damaged").id("m1").tagged();
    damaged.raw["toRecipients"] = "42";
    stage.script().put(kim, "inbox", damaged);
    const sim::ItemRef sound = stage.script().put(kim, "inbox", Letter("Sound").id("m2").tagged());
    stage.start();
    stage.settle();
    CHECK(stage.categories(sound) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 1);
}

TEST_CASE("strange contents end in the database or in a reason, never in a standstill")
{
    Stage stage;
    stage.mailbox(kim);
    sim::Mail no_from = Letter("No from").id("m1");
    no_from.from = no_from.sender = std::nullopt;
    sim::Mail old = Letter("Old").id("m2");
    old.sent = old.received = *parse_timestamp("0001-01-01T00:00:00Z");
    sim::Mail crowd = Letter("Crowd").id("m3");
    crowd.to.clear();
    for (int i = 0; i < 500; ++i)
        crowd.to.push_back({"", "p" + std::to_string(i) + "@blue.example"});
    sim::Mail controls = Letter("Bell\x07 and \xff broken").id("m4");
    sim::Mail cut = Letter("Half a letter: \xe2\x82").id("m6");
    sim::Mail addresses = Letter("Odd").id("m5").from("not an address");
    std::vector<sim::ItemRef> items;
    for (const sim::Mail& mail : {no_from, old, crowd, controls, addresses, cut})
        items.push_back(stage.script().put(kim, "inbox", mail));
    stage.start();
    stage.settle();
    for (const sim::ItemRef& item : items)
        stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    for (const sim::ItemRef& item : items)
        CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT subject FROM crm.activity ORDER BY message_id") ==
          Stage::Rows{"No from", "Old", "Crowd", "Bell and \xef\xbf\xbd broken", "Odd",
                      "Half a letter: \xef\xbf\xbd"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity_party WHERE role = 'to' AND address LIKE "
                       "'%blue.example'") == 500);
}

TEST_CASE("a message that alone is denied is parked, and the others go on")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const sim::ItemRef denied = stage.script().put(kim, "inbox", Letter("Plan").id("m1").tagged());
    const sim::ItemRef other = stage.script().put(kim, "inbox", Letter("Offer").id("m2").tagged());
    sim::Fault fault;
    fault.method = "GET";
    fault.path = "/messages/" + denied.id;
    fault.status = 403;
    fault.code = "ErrorAccessDenied";
    fault.count = -1;
    stage.script().fail(std::move(fault));
    stage.settle();
    CHECK(stage.categories(other) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT reason FROM sync.parked") == Stage::Rows{"graph.access_denied"});

    stage.graph().faults.clear();
    stage.run_for(std::chrono::hours(1));
    CHECK(stage.categories(denied) == Names{"CRM Tracked"});
}
