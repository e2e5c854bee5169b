#include "e2e/in_process/letters.hpp"
#include "store/handover.hpp"
#include "store/labels.hpp"
#include "store/leases.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Kim's mailbox; what Kim owns is imported by a test.
struct Desk {
    Desk() { stage.mailbox(kim); }

    /// Opportunities as "external_id,name,number,state" with Kim as their owner.
    void opportunities(const Names& rows, const char* owner = kim)
    {
        std::string csv = "external_id,name,number,state,owner\n";
        for (const std::string& row : rows)
            csv += row + "," + owner + "\n";
        stage.import("opportunity", csv);
    }
    /// The labels in a mailbox's master list, as they stand there.
    Names offered(const char* mailbox = kim)
    {
        Names names;
        for (const sim::Category& one : stage.script().mailbox(mailbox).categories())
            if (one.display_name.starts_with("CRM: ") || one.display_name.starts_with("About: "))
                names.push_back(one.display_name);
        std::sort(names.begin(), names.end());
        return names;
    }
    void add_by_hand(const std::string& name)
    {
        stage.script().mailbox(kim).categories().push_back({"own-" + name, name, "preset3"});
    }
    RecordId record(const std::string& external_id)
    {
        return RecordId(*parse_uuid(
            stage.one("SELECT id FROM crm.record WHERE external_id = '" + external_id + "'")));
    }
    /// As `crmsync record pin` and `unpin` do.
    void pin(const std::string& external_id, bool pinned = true)
    {
        store::Labels labels(stage.pool());
        const RecordId user = record(kim);
        const RecordId chosen = record(external_id);
        auto change = stage.go(pinned ? labels.pin(user, chosen) : labels.unpin(user, chosen));
        CHECK(change.news);
        store::Leases leases(stage.pool());
        stage.go(leases.wake(std::move(change.mailboxes)));
        REQUIRE(stage.until([&] { return nothing_asked(); }, std::chrono::minutes(2)));
    }
    bool nothing_asked() { return stage.number("SELECT count(*) FROM sync.revisit") == 0; }
    /// What a new message is about that carries this category.
    std::string about(const std::string& category)
    {
        const std::string name = "m" + std::to_string(++messages);
        const auto item = stage.script().put(kim, "inbox", Letter(name).id(name));
        stage.settle();
        stage.script().tag(kim, item.id, category);
        stage.settle();
        return stage.one("SELECT r.external_id FROM crm.activity AS a JOIN crm.record AS r ON r.id "
                         "= a.regarding_id WHERE a.subject = '" +
                         name + "'");
    }
    int list_requests()
    {
        return stage.requests({"categories.get", "categories.post", "categories.delete"});
    }

    Stage stage;
    int messages = 0;
};

} // namespace

TEST_CASE_METHOD(Desk, "a mailbox offers what its user pinned and the newest open cases it owns")
{
    stage.mailbox(lee);
    stage.import("account", "external_id,name,owner\nA1,Adventure Works,kim@contoso.example\n");
    stage.import("case", "external_id,name,number,owner\nC1,\"Pump, broken; leaks\",CAS-01042,"
                         "kim@contoso.example\n");
    opportunities({"O1,Renewal,OPP-1,", "O2,Lost,OPP-2,closed"});
    opportunities({"O3,Lee's,OPP-3,"}, lee);
    stage.start();
    stage.settle();
    CHECK(offered() == Names{"CRM: Pump broken leaks", "CRM: Renewal"});
    CHECK(offered(lee) == Names{"CRM: Lee's"});
    pin("A1");
    CHECK(offered() == Names{"CRM: Adventure Works", "CRM: Pump broken leaks", "CRM: Renewal"});
    pin("A1", false);
    CHECK(offered() == Names{"CRM: Pump broken leaks", "CRM: Renewal"});
}

TEST_CASE_METHOD(Desk, "twenty are offered at most: the pinned ones, and the newest of the others")
{
    Names many;
    for (int i = 10; i < 32; ++i)
        many.push_back(fmt::format("O{},Deal {},,", i, i));
    opportunities(many);
    stage.run_for(std::chrono::seconds(1));
    opportunities({"N1,Newest,,"});
    stage.start();
    stage.settle();
    CHECK(offered().size() == 20);
    CHECK(offered().back() == "CRM: Newest");
    const Names before = offered();
    std::string left_out;
    for (int i = 10; i < 32 && left_out.empty(); ++i)
        if (std::count(before.begin(), before.end(), fmt::format("CRM: Deal {}", i)) == 0)
            left_out = fmt::format("O{}", i);
    pin(left_out);
    CHECK(offered().size() == 20);
    CHECK(offered() != before);
    CHECK(offered().back() == "CRM: Newest");
}

TEST_CASE_METHOD(Desk, "a closed record is not offered any more, and its category means it still")
{
    opportunities({"O1,Renewal,OPP-1,"});
    stage.start();
    stage.settle();
    const auto item = stage.script().put(kim, "inbox", Letter("One").id("one"));
    stage.script().tag(kim, item.id, "CRM: Renewal");
    stage.settle();
    REQUIRE(stage.categories(item) == Names{"CRM: Renewal", "CRM Tracked"});
    SECTION("closed by an import") { opportunities({"O1,Renewal,OPP-1,closed"}); }
    SECTION("closed by a command")
    {
        store::Handover handover(stage.pool());
        CHECK(stage.go(handover.close(record("O1"))));
    }
    stage.settle();
    CHECK(offered().empty());
    CHECK(stage.categories(item) == Names{"CRM: Renewal", "CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE regarding_id IS NOT NULL") == 1);
    // A device may show it for a while yet, and another record may have the name by now.
    stage.import("case", "external_id,name\nC9,Renewal\n");
    CHECK(about("CRM: Renewal") == "O1");
}

TEST_CASE_METHOD(Desk, "what the list offers means its record, whatever else has the name")
{
    stage.import("account", "external_id,name\nA1,Renewal\nA2,OPP-1\n");
    opportunities({"O1,Renewal,OPP-1,"});
    stage.start();
    stage.settle();
    CHECK(offered() == Names{"CRM: Renewal OPP-1"});
    CHECK(about("CRM: Renewal OPP-1") == "O1");
    CHECK(about("CRM: Renewal") == ""); // typed: two have the name
    stage.import("case", "external_id,name\nC2,Renewal OPP-1\n");
    CHECK(about("CRM: Renewal OPP-1") == "O1");
}

TEST_CASE_METHOD(Desk,
                 "a record that is renamed is offered anew, and the old category means it still")
{
    opportunities({"O1,Renewal,OPP-1,"});
    stage.start();
    stage.settle();
    opportunities({"O1,Renewal 2027,OPP-1,"});
    stage.settle();
    CHECK(offered() == Names{"CRM: Renewal 2027"});
    CHECK(about("CRM: Renewal") == "O1");
    CHECK(about("CRM: Renewal 2027") == "O1");
}

TEST_CASE_METHOD(Desk, "categories a user made are never taken off the list")
{
    add_by_hand("CRM: Renewal");
    add_by_hand("CRM: My own");
    opportunities({"O1,Renewal,,", "O2,Second,,"});
    stage.start();
    stage.settle();
    CHECK(offered() == Names{"CRM: My own", "CRM: Renewal", "CRM: Second"});
    opportunities({"O1,Renewal,,closed", "O2,Second,,closed"});
    stage.settle();
    CHECK(offered() == Names{"CRM: My own", "CRM: Renewal"});
    // Retired, then made by hand: it is the user's from then on.
    add_by_hand("CRM: Second");
    opportunities({"O3,Third,,"});
    stage.settle();
    CHECK(offered() == Names{"CRM: My own", "CRM: Renewal", "CRM: Second", "CRM: Third"});
    opportunities({"O2,Second,,open"});
    stage.settle();
    opportunities({"O2,Second,,closed", "O3,Third,,closed"});
    stage.settle();
    CHECK(offered() == Names{"CRM: My own", "CRM: Renewal", "CRM: Second"});
}

TEST_CASE_METHOD(Desk, "what passes to another user is offered in that user's mailbox")
{
    stage.mailbox(lee);
    opportunities({"O1,Renewal,,"});
    stage.start();
    stage.settle();
    REQUIRE(offered() == Names{"CRM: Renewal"});
    SECTION("by an import")
    {
        opportunities({"O1,Renewal,,"}, lee);
        stage.settle();
        CHECK(offered().empty());
    }
    SECTION("with all that a user owned")
    {
        store::Handover handover(stage.pool());
        stage.go(handover.pass_mailboxes(record(kim), record(lee)));
        stage.go(handover.pass_records(record(kim), record(lee), 100));
        stage.settle();
        CHECK(offered() == Names{"CRM: Renewal"}); // the successor's mailbox as well
    }
    CHECK(offered(lee) == Names{"CRM: Renewal"});
}

TEST_CASE_METHOD(Desk, "a shared mailbox offers what its team works on")
{
    constexpr const char* info = "info@contoso.example";
    stage.import("team", "external_id,name,email\nT1,Sales,sales@contoso.example\n");
    stage.bystander(info);
    store::Mailboxes mailboxes(stage.pool());
    store::NewMailbox added;
    added.provider = "contoso";
    added.address = *parse_address(info);
    added.kind = "shared";
    added.owner = record("T1");
    const MailboxId shared = stage.go(mailboxes.add(added)).value().id;
    stage.set_state(shared, MailboxState::enabled);
    opportunities({"O1,Tender,,"}, "sales@contoso.example");
    opportunities({"O2,Kim's,,"});
    stage.start();
    stage.settle();
    CHECK(offered(info) == Names{"CRM: Tender"});
    CHECK(offered() == Names{"CRM: Kim's"});
}

TEST_CASE_METHOD(Desk, "under another prefix labels are offered by it, and the old ones understood")
{
    opportunities({"O1,Renewal,,"});
    add_by_hand("CRM: My own");
    stage.start();
    stage.settle();
    stage.settings.tracking.regarding_prefix = "About:";
    stage.application().reload(stage.settings);
    CHECK(stage.until([&] { return offered() == Names{"About: Renewal", "CRM: My own"}; }));
    stage.import("account", "external_id,name\nA1,Renewal\n");
    CHECK(about("CRM: Renewal") == "O1");
    CHECK(about("About: Renewal") == "O1");
}

TEST_CASE_METHOD(Desk, "nothing is asked about the list until something changes")
{
    opportunities({"O1,Renewal,,"});
    stage.start();
    stage.settle();
    const int asked = list_requests();
    stage.settle();
    opportunities({"O1,Renewal,,"}); // as it was
    stage.import("contact", "external_id,name,owner\nX1,Ann,kim@contoso.example\n");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
    CHECK(list_requests() == asked);
    stage.stop();
    stage.start();
    stage.settle();
    CHECK(list_requests() == asked + 1); // the state categories, as ever
}

TEST_CASE_METHOD(Desk, "a list that takes no category keeps nothing waiting, and is tried again")
{
    opportunities({"O1,Renewal,,"});
    stage.start();
    stage.settle();
    sim::Fault full;
    full.method = "POST";
    full.path = "/masterCategories";
    full.count = -1;
    full.status = 507;
    full.code = "ErrorQuotaExceeded";
    stage.script().fail(full);
    opportunities({"O2,Second,,"});
    CHECK(about("CRM: Second") == "O2"); // known though it is not listed
    stage.run_for(std::chrono::hours(1));
    CHECK(offered() == Names{"CRM: Renewal"});
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'labels_missing'") == 1);
    CHECK(stage.one("SELECT last_failure FROM sync.mailbox") == "");
    stage.graph().faults.clear();
    stage.run_for(std::chrono::minutes(20));
    CHECK(offered() == Names{"CRM: Renewal", "CRM: Second"});
}

TEST_CASE_METHOD(Desk, "whenever the program is killed, the list ends as it should")
{
    stage.settings.sync.poll_interval = std::chrono::seconds(5);
    add_by_hand("CRM: My own");
    stage.start();
    stage.settle();
    int strikes = 0;
    bool struck = true;
    for (int at = 1; struck && at < 400; ++at) {
        const bool first = at % 2 == 1;
        opportunities({fmt::format("O1,First,,{}", first ? "open" : "closed"),
                       fmt::format("O2,Second,,{}", first ? "closed" : "open")});
        const Names wanted =
            first ? Names{"CRM: First", "CRM: My own"} : Names{"CRM: My own", "CRM: Second"};
        const auto done = [&] {
            return offered() == wanted && stage.number("SELECT count(*) FROM sync.revisit") == 0 &&
                   stage.number("SELECT count(*) FROM sync.published_label WHERE state IN "
                                "('adding', 'removing')") == 0;
        };
        int steps = 0;
        struck = false;
        stage.on_step = [&](int daemon, std::string_view) {
            if (++steps != at)
                return;
            struck = true;
            stage.halt(daemon);
            throw cut_off();
        };
        const bool over = stage.until(done, std::chrono::minutes(2));
        stage.on_step = nullptr;
        if (struck) {
            ++strikes;
            stage.crash();
            stage.start();
            INFO("struck at step " << at);
            REQUIRE(stage.until(done, std::chrono::minutes(5)));
        } else {
            REQUIRE(over);
        }
    }
    CHECK_FALSE(struck);
    CHECK(strikes > 10);
}
