#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// "sentDateTime": "…" as JSON texts; an empty one leaves the property alone.
sim::Mail dated(Letter letter, const std::string& sent, const std::string& received)
{
    if (!sent.empty())
        letter.mail().raw["sentDateTime"] = sent;
    if (!received.empty())
        letter.mail().raw["receivedDateTime"] = received;
    return letter;
}

} // namespace

TEST_CASE("a message whose time of sending cannot be is tracked by when it was received")
{
    const std::string sent =
        GENERATE("\"0001-01-01T00:00:00Z\"", "\"1601-01-01T00:00:00Z\"", "\"9999-99-99T00:00:00Z\"",
                 "\"9999-12-31T23:59:59.9999999Z\"", "\"4501-01-01T00:00:00Z\"", "\"yesterday\"",
                 "\"\"", "17", "null");
    INFO(sent);
    Stage stage;
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.start();
    stage.settle();
    const Timestamp at = stage.now();
    const sim::Mail mail = dated(Letter().id("m1").to(kim, lee).at(at), sent, "");
    const sim::ItemRef kims = stage.script().put(kim, "inbox", mail);
    const sim::ItemRef lees = stage.script().put(lee, "inbox", mail);
    stage.settle();
    stage.script().tag(kim, kims.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(kims) == Names{"CRM Tracked"});
    CHECK(stage.categories(lees) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT occurred_at = '" + format_timestamp(at) +
                     "'::timestamptz + interval '2 seconds' FROM crm.activity") ==
          Stage::Rows{"t"});
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
}

TEST_CASE("a message that was neither sent nor received at any time is tracked by its making")
{
    const std::string none = GENERATE("\"0001-01-01T00:00:00Z\"", "[]", "\"2026-02-30T10:00:00Z\"");
    const bool tagged_before = GENERATE(true, false); // on a first pass, and later
    INFO(none << " " << tagged_before);
    Stage stage;
    stage.mailbox(kim);
    if (!tagged_before) {
        stage.start();
        stage.settle();
    }
    const Timestamp made = stage.now();
    const sim::ItemRef item =
        stage.script().put(kim, "inbox", dated(Letter().id("m1").tagged(), none, none));
    if (tagged_before)
        stage.start();
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT occurred_at = '" + format_timestamp(made) + "' FROM crm.activity") ==
          Stage::Rows{"t"});
}

TEST_CASE("two messages without Message-ID and time of sending are two, and each stays one")
{
    Stage stage;
    const MailboxId box = stage.mailbox(kim);
    stage.start();
    stage.settle();
    std::vector<sim::ItemRef> items;
    for (int minute = 0; minute < 2; ++minute) {
        Letter report("Report");
        report.mail().message_id.clear();
        report.at(stage.now() + std::chrono::minutes(minute));
        items.push_back(
            stage.script().put(kim, "inbox", dated(report, "\"9999-12-31T00:00:00Z\"", "")));
    }
    stage.settle();
    for (const sim::ItemRef& item : items)
        stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    for (const sim::ItemRef& item : items)
        CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 2);

    stage.resync(box);
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 2);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 2);
}
