#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

constexpr std::chrono::hours day{24};

/// Kim's mailbox past its first pass, and accounts to be about.
struct Reports {
    Stage stage;
    MailboxId mailbox;

    explicit Reports(Mode mode = Mode::manual) : mailbox(stage.mailbox(kim, mode))
    {
        stage.import("account", "external_id,name,domain\nB1,Blue Yonder,\nF1,Fabrikam,\n");
        stage.start();
        stage.settle();
    }
    /// A program's report, which always has the same Message-ID.
    sim::ItemRef report(const char* name, std::chrono::hours after)
    {
        const Timestamp at = stage.now() + after;
        const sim::ItemRef item = stage.script().put(
            kim, "inbox", Letter(name).id("report").from("reports@elsewhere.example").at(at));
        stage.settle();
        return item;
    }
    int living()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }
    std::string regarding_of(const char* subject)
    {
        return stage.one(std::string("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r ON "
                                     "r.id = a.regarding_id WHERE a.subject = '") +
                         subject + "'");
    }
};

} // namespace

TEST_CASE("a report under last month's Message-ID has a regarding of its own")
{
    Reports reports;
    const sim::ItemRef january = reports.report("January", -31 * day);
    reports.stage.script().tag(kim, january.id, "CRM: Blue Yonder");
    reports.stage.settle();
    CHECK(reports.regarding_of("January") == "Blue Yonder");

    const sim::ItemRef february = reports.report("February", -day);
    reports.stage.script().tag(kim, february.id, "CRM Track");
    reports.stage.settle();
    CHECK(reports.living() == 2);
    CHECK(reports.stage.number("SELECT count(*) FROM crm.activity WHERE subject = 'February' AND "
                               "regarding_id IS NULL") == 1);
    // Its own choice does not touch the other.
    reports.stage.script().tag(kim, february.id, "CRM: Fabrikam");
    reports.stage.settle();
    CHECK(reports.regarding_of("January") == "Blue Yonder");
    CHECK(reports.regarding_of("February") == "Fabrikam");
}

TEST_CASE("an untrack of last month's report does not keep this month's out")
{
    Reports reports(Mode::all);
    const sim::ItemRef january = reports.report("January", -20 * day);
    CHECK(reports.living() == 1);
    reports.stage.script().untag(kim, january.id, "CRM Tracked");
    reports.stage.settle();
    CHECK(reports.living() == 0);

    const sim::ItemRef february = reports.report("February", 2 * day);
    CHECK(reports.living() == 1);
    CHECK(reports.stage.categories(february) == Names{"CRM Tracked"});
    // The same message delivered again stays out.
    const sim::ItemRef again = reports.report("January", -22 * day);
    CHECK(reports.living() == 1);
    CHECK(reports.stage.categories(again).empty());
}

TEST_CASE("a colleague's copy is found whatever capitals its Message-ID has")
{
    Stage stage;
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.start();
    stage.settle();
    Letter letter = Letter("Offer").to(kim, lee).id("AM0PR04MB1234");
    letter.mail().message_id = "<AM0PR04MB1234@AM0PR04MB5678.eurprd04.PROD.outlook.com>";
    const sim::ItemRef kims = stage.script().put(kim, "inbox", letter);
    const sim::ItemRef lees = stage.script().put(lee, "inbox", letter);
    stage.settle();
    stage.script().tag(kim, kims.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(lees) == Names{"CRM Tracked"});
}
