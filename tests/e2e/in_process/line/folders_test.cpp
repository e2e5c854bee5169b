#include "e2e/in_process/letters.hpp"
#include "e2e/in_process/slow_pages.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// A mailbox of many folders, "F0", "F1" and so on below the inbox, read to their ends.
struct ManyFolders {
    explicit ManyFolders(int folders = 60)
    {
        mailbox = stage.mailbox(kim);
        for (int i = 0; i < folders; ++i)
            stage.script().create_folder(kim, "inbox", "F" + std::to_string(i));
    }
    void begin()
    {
        stage.start();
        REQUIRE(stage.until(
            [&] { return !stage.one("SELECT last_pass_at FROM sync.mailbox").empty(); }));
        stage.settle();
    }
    /// Requests over the wire, a batch being one.
    int wire_requests()
    {
        const auto& entries = stage.graph().record.entries();
        return static_cast<int>(std::count_if(entries.begin(), entries.end(), [](const auto& e) {
            return e.batch == 0 && e.operation != "token";
        }));
    }
    Stage::Rows tracked()
    {
        return stage.rows("SELECT subject FROM crm.activity WHERE deleted_at IS NULL ORDER BY 1");
    }
    bool answered(const sim::ItemRef& item)
    {
        return stage.categories(item) == Names{"CRM Tracked"};
    }

    Stage stage;
    MailboxId mailbox;
};

struct FiveHundredFolders : ManyFolders {
    FiveHundredFolders() : ManyFolders(500) {}
};

/// A mailbox in the middle of its first pass: each page takes nine seconds, and the inbox has five.
struct DuringThePass {
    DuringThePass()
    {
        mailbox = stage.mailbox(kim);
        sim::Seed seed;
        seed.mailboxes = {kim};
        seed.count = 2'500;
        seed.body_size = 10;
        stage.script().seed(seed);
        stage.script().create_folder(kim, "inbox", "Projects");
        stage.graph().switches.refuse_category_filter = true; // found by reading alone
        item = stage.script().put(kim, "inbox/Projects", Letter("Offer").id("m1").tagged());
        slow_down(stage, 60);
        stage.start();
        REQUIRE(stage.until([&] {
            return stage.number("SELECT coalesce(max(messages_read), 0) FROM sync.folder WHERE "
                                "kind = 'inbox'") >= 500;
        }));
    }
    void end_of_pass()
    {
        REQUIRE(stage.until(
            [&] { return !stage.one("SELECT last_pass_at FROM sync.mailbox").empty(); }));
        stage.settle();
    }
    std::string folder_of_link()
    {
        return stage.one("SELECT f.name FROM sync.link AS l JOIN sync.folder AS f USING "
                         "(mailbox_id, folder_id) WHERE NOT gone");
    }
    int activities() { return stage.number("SELECT count(*) FROM crm.activity"); }

    Stage stage;
    MailboxId mailbox;
    sim::ItemRef item;
};

} // namespace

TEST_CASE_METHOD(ManyFolders,
                 "a mailbox of many folders with nothing new takes three requests a poll")
{
    begin();
    const int before = wire_requests();
    const int parts = stage.requests({"messages.delta"});
    constexpr int polls = 10;
    stage.run_for(std::chrono::seconds(60 * polls + 30));
    CHECK(wire_requests() - before <= 3 * (polls + 1));
    // Inbox, Sent Items, Drafts, and those whose time of the hour it is.
    CHECK(stage.requests({"messages.delta"}) - parts < (polls + 1) * 10);
}

TEST_CASE_METHOD(ManyFolders, "new mail and tags in any folder are answered within an interval")
{
    const bool told = GENERATE(true, false);
    stage.graph().switches.refuse_modified_filter = !told;
    const auto old = stage.script().put(kim, "inbox/F7", Letter("Old").id("old"));
    begin();
    const auto fresh = stage.script().put(kim, "inbox/F48", Letter("New").id("new").tagged());
    stage.script().tag(kim, old.id, "CRM Track");
    const Timestamp asked_at = stage.now();
    REQUIRE(stage.until([&] { return answered(old) && answered(fresh); }));
    CHECK(stage.now() - asked_at <= std::chrono::seconds(90));
    CHECK((stage.number("SELECT count(*) FROM sync.folder WHERE dirty_at IS NOT NULL") > 0) ==
          told);
}

TEST_CASE_METHOD(FiveHundredFolders,
                 "of five hundred folders each is read, and polls are no dearer than of sixty",
                 "[alone]")
{
    const auto put = [&](int folder, bool tagged) {
        const std::string name = "F" + std::to_string(folder);
        Letter letter = Letter(name).id(name + (tagged ? "-tagged" : "-bare"));
        return stage.script().put(kim, "inbox/" + name, tagged ? letter.tagged() : letter);
    };
    stage.graph().switches.refuse_category_filter = true; // found by reading alone
    std::vector<sim::ItemRef> tagged, bare;
    for (const int folder : {0, 249, 250, 499}) {
        tagged.push_back(put(folder, true));
        bare.push_back(put(folder, false));
    }
    const int at_first = wire_requests();
    begin();
    CHECK(wire_requests() - at_first < 1'200); // two a folder, and what does not grow with them
    CHECK(stage.number("SELECT count(*) FROM sync.folder WHERE round_done_at IS NULL") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.folder") > 500);
    for (const sim::ItemRef& item : tagged)
        CHECK(answered(item));

    stage.run_for(std::chrono::minutes(6)); // folders with news stay dirty for a while
    const int before = wire_requests();
    constexpr int polls = 10;
    stage.run_for(std::chrono::seconds(60 * polls + 30));
    CHECK(wire_requests() - before <= 3 * (polls + 1));

    const Timestamp asked_at = stage.now();
    for (const sim::ItemRef& item : bare)
        stage.script().tag(kim, item.id, "CRM Track");
    REQUIRE(stage.until([&] {
        return std::all_of(bare.begin(), bare.end(),
                           [&](const auto& item) { return answered(item); });
    }));
    CHECK(stage.now() - asked_at <= std::chrono::seconds(90));
}

TEST_CASE_METHOD(ManyFolders, "what bumps no date is found within the hour")
{
    stage.graph().switches.keep_modified_time = true;
    const auto item = stage.script().put(kim, "inbox/F33", Letter("Old").id("old"));
    const auto tracked_item =
        stage.script().put(kim, "inbox/F12", Letter("Gone").id("gone").tagged());
    begin();
    stage.run_for(std::chrono::minutes(10));
    REQUIRE(answered(tracked_item));
    stage.script().tag(kim, item.id, "CRM Track");
    stage.script().remove(kim, tracked_item.id, true);
    stage.run_for(std::chrono::minutes(62));
    CHECK(answered(item));
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE gone") == 1);
    CHECK(tracked() == Stage::Rows{"Gone", "Old"});
}

TEST_CASE_METHOD(ManyFolders, "a delta that lags behind is asked again for a while")
{
    begin();
    const std::string folder = stage.script().folder(kim, "inbox/F20").id;
    stage.graph().hold_folder(folder, stage.script().mailbox(kim).change());
    const auto item = stage.script().put(kim, "inbox/F20", Letter("Late").id("late").tagged());
    stage.run_for(std::chrono::seconds(90));
    REQUIRE(tracked().empty());
    stage.graph().show_folder(folder);
    const Timestamp shown_at = stage.now();
    REQUIRE(stage.until([&] { return answered(item); }));
    CHECK(stage.now() - shown_at <= std::chrono::seconds(90));
}

TEST_CASE_METHOD(ManyFolders,
                 "five hundred moved messages are looked at where they are linked alone")
{
    for (int i = 0; i < 500; ++i)
        stage.script().put(kim, "inbox",
                           Letter("m" + std::to_string(i)).id("m" + std::to_string(i)));
    std::vector<sim::ItemRef> linked;
    for (int i = 0; i < 5; ++i)
        linked.push_back(stage.script().put(
            kim, "inbox", Letter("t" + std::to_string(i)).id("t" + std::to_string(i)).tagged()));
    begin();
    REQUIRE(tracked().size() == linked.size());
    const int looks = stage.requests({"message.get"});
    std::vector<std::string> ids;
    for (const auto& [serial, item] : stage.script().mailbox(kim).items())
        ids.push_back(stage.script().mailbox(kim).immutable_id(*item));
    for (const std::string& id : ids)
        stage.script().move(kim, id, "archive");
    stage.settle();
    // A row that leaves out what a message is has to be made good by a look, wherever it arrives.
    const std::size_t unsaid = in_doubt("no_extended_in_later_rounds") ? ids.size() : 0;
    CHECK(stage.requests({"message.get"}) - looks <= static_cast<int>(linked.size() + unsaid));
    CHECK(stage.number("SELECT count(*) FROM sync.link AS l JOIN sync.folder AS f USING "
                       "(mailbox_id, folder_id) WHERE f.kind = 'archive' AND NOT gone") == 5);
    CHECK(tracked().size() == linked.size());
}

TEST_CASE_METHOD(DuringThePass, "a folder that comes during the pass is read in it")
{
    stage.script().create_folder(kim, "inbox", "New");
    const auto late = stage.script().put(kim, "inbox/New", Letter("Late").id("m2").tagged());
    end_of_pass();
    CHECK(activities() == 2);
    CHECK(stage.categories(late) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(DuringThePass, "a folder that is renamed or moved during the pass keeps its mail")
{
    SECTION("renamed")
    {
        stage.script().rename_folder(kim, "inbox/Projects", "Customers");
        end_of_pass();
        CHECK(folder_of_link() == "Customers");
    }
    SECTION("moved")
    {
        stage.script().move_folder(kim, "inbox/Projects", "archive");
        end_of_pass();
        CHECK(folder_of_link() == "Projects");
    }
    CHECK(activities() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(DuringThePass,
                 "a message that is moved during the pass is neither lost nor doubled")
{
    const std::string to = GENERATE("archive", "inbox", "sentitems");
    stage.script().move(kim, item.id, to);
    end_of_pass();
    CHECK(activities() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE NOT gone") == 1);
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    stage.script().move(kim, item.id, "inbox/Projects");
    stage.settle();
    CHECK(folder_of_link() == "Projects");
    CHECK(activities() == 1);
}

TEST_CASE_METHOD(DuringThePass, "a folder that is deleted during the pass takes no copy along")
{
    REQUIRE(stage.until([&] { return activities() == 1; }));
    stage.script().delete_folder(kim, "inbox/Projects");
    end_of_pass();
    CHECK(activities() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE gone") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
}

TEST_CASE_METHOD(DuringThePass, "a folder deleted and made again under its name is another one")
{
    REQUIRE(stage.until([&] { return activities() == 1; }));
    stage.script().move(kim, item.id, "archive");
    stage.script().delete_folder(kim, "inbox/Projects");
    stage.script().create_folder(kim, "inbox", "Projects");
    stage.script().move(kim, item.id, "inbox/Projects");
    const auto late = stage.script().put(kim, "inbox/Projects", Letter("Late").id("m2").tagged());
    end_of_pass();
    CHECK(activities() == 2);
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE NOT gone") == 2);
    CHECK(stage.number("SELECT count(*) FROM sync.folder WHERE name = 'Projects'") == 1);
    CHECK(stage.categories(late) == Names{"CRM Tracked"});
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}
