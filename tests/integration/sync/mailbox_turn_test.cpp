#include "integration/store/stored.hpp"
#include "store/folders.hpp"
#include "support/builders.hpp"
#include "support/manual_clock.hpp"
#include "sync/mailbox_turn.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace crmsync;
using namespace crmsync::test;
namespace asio = boost::asio;

namespace {

/// One folder of many pages, all of them private mail of long ago that nobody tagged.
class LargeFolder final : public Connector {
public:
    int pages = 0;
    int rows = 500;
    std::vector<std::string> asked; ///< cursors, in order
    std::vector<std::string> folders{"inbox"};
    std::set<std::string> refused; ///< folders that cannot be read
    bool circle = false;           ///< the last page leads to the second
    bool forgetful = false;        ///< every cursor is unknown as soon as it was given out
    bool refuses_categories = false;
    std::optional<Reaction> tree_fails; ///< with this reaction
    std::string empty_round_says;       ///< cursor
    bool empty_page_first = false;      ///< rounds without news are two pages long

    asio::awaitable<std::variant<FolderChanges, CursorExpired>> folders_since(Cursor since) override
    {
        if (tree_fails)
            throw Failure(*tree_fails, "graph.unavailable", "not now");
        FolderChanges changes;
        if (since.value.empty()) {
            for (const std::string& name : folders) {
                Folder& folder = changes.present.emplace_back();
                folder.id = FolderId(name);
                folder.well_known = name == "inbox" ? WellKnown::inbox : WellKnown::none;
            }
        }
        changes.next = Cursor("tree");
        co_return changes;
    }
    asio::awaitable<std::vector<PageAnswer>>
    changes_since(std::vector<FolderCursor> wanted) override
    {
        std::vector<PageAnswer> answers;
        for (const FolderCursor& folder : wanted) {
            asked.push_back(folder.cursor.value);
            if (refused.contains(folder.folder.value)) {
                answers.emplace_back(FolderRefused{"graph.unavailable", "not now"});
                continue;
            }
            if (forgetful && !folder.cursor.value.empty()) {
                answers.emplace_back(CursorExpired{});
                continue;
            }
            if (empty_page_first && !folder.cursor.value.empty()) {
                Page empty;
                empty.last = folder.cursor.value == "on the way";
                empty.next = Cursor(empty.last ? "next round" : "on the way");
                answers.emplace_back(std::move(empty));
                continue;
            }
            answers.emplace_back(
                page(folder.cursor.value.empty() ? 0 : std::stoi(folder.cursor.value)));
        }
        co_return answers;
    }
    asio::awaitable<std::vector<MasterCategory>> master_categories() override
    {
        if (refuses_categories)
            throw Failure(Reaction::wait, "graph.mailbox_full", "make room");
        co_return std::vector<MasterCategory>();
    }
    asio::awaitable<void> add_master_categories(std::vector<MasterCategory>) override { co_return; }

    asio::awaitable<std::vector<std::optional<Item>>> look_up(std::vector<ItemKey>) override
    {
        throw std::logic_error("nothing here is to be looked up");
    }
    asio::awaitable<std::vector<std::optional<Item>>> look_at_headers(std::vector<ItemKey>) override
    {
        throw std::logic_error("nothing here is to be looked at");
    }
    asio::awaitable<std::vector<Item>> find_message(std::string) override
    {
        throw std::logic_error("nothing here is to be found");
    }
    asio::awaitable<std::vector<Item>> find_replies(std::string) override
    {
        throw std::logic_error("nothing here is to be found");
    }
    asio::awaitable<std::vector<BodyAnswer>> fetch(std::vector<ItemKey>) override
    {
        throw std::logic_error("nothing here may be fetched");
    }
    asio::awaitable<std::vector<AttachmentContent>> fetch_attachments(std::vector<AttachmentRef>,
                                                                      ContentLimits) override
    {
        throw std::logic_error("nothing here may be fetched");
    }
    asio::awaitable<std::vector<WriteAnswer>> write_categories(std::vector<CategoryWrite>) override
    {
        throw std::logic_error("nothing here is to be written to");
    }
    asio::awaitable<void> remove_master_categories(std::vector<std::string>) override
    {
        throw std::logic_error("no category is taken off the list");
    }
    asio::awaitable<std::vector<ProbeResult>> probe() override
    {
        co_return std::vector<ProbeResult>();
    }

private:
    Page page(int number) const
    {
        Page one;
        for (int i = 0; number < pages && i < rows; ++i) {
            Change change;
            const int n = number * rows + i;
            change.item = message().id(std::to_string(n)).at(monday(-1'000'000 - n)).item();
            change.key = change.item->key;
            one.changes.push_back(std::move(change));
        }
        one.next = Cursor(std::to_string(std::min(number + 1, pages)));
        one.last = number + 1 >= pages;
        if (one.last && !empty_round_says.empty())
            one.next = Cursor(empty_round_says);
        if (one.last && circle) {
            one.next = Cursor("1");
            one.last = false;
        }
        return one;
    }
};

struct Reading {
    ManualClock clock{morning()};
    Metrics metrics;
    PrivateHash hash{"secret"};
    LargeFolder connector;
    Stored stored;
    Fence fence = stored.leased("kim@contoso.example");
    Mailbox mailbox = *stored.run(stored.mailboxes.by_id(fence.mailbox));
    std::function<bool()> stopping;
    bool first_turn = false;
    bool categories_missing = false;

    sync::TurnReport turn()
    {
        sync::TurnContext context{mailbox, fence,   connector, stored.pool,
                                  clock,   metrics, hash,      sync::make_snapshot(Settings()),
                                  true,    false,   {},        stopping};
        context.first_turn = first_turn;
        context.categories_missing = categories_missing;
        sync::MailboxTurn one(context);
        return stored.run(one.run());
    }
    std::string cursor()
    {
        return stored.text("SELECT cursor FROM sync.folder WHERE folder_id = 'inbox'");
    }
};

} // namespace

TEST_CASE("a long backlog is left to further turns, and goes on where it stopped")
{
    Reading reading;
    reading.connector.pages = 25;
    const sync::TurnReport first = reading.turn();
    CHECK(first.more_to_do);
    CHECK(first.pages.changes == 10'000);
    CHECK(reading.cursor() == "20");
    CHECK(reading.stored.text("SELECT round_done_at::text FROM sync.folder") == "(null)");

    const sync::TurnReport second = reading.turn();
    CHECK_FALSE(second.more_to_do);
    CHECK(second.pages.changes == 2'500);
    CHECK(reading.stored.text("SELECT round_done_at::text FROM sync.folder") != "(null)");
    const std::set<std::string> different(reading.connector.asked.begin(),
                                          reading.connector.asked.end());
    CHECK(different.size() == 25);
    CHECK(reading.connector.asked.size() == 25);
    CHECK(reading.stored.number("SELECT count(*) FROM sync.decision") == 0);
}

TEST_CASE("pages without rows count as well")
{
    Reading reading;
    reading.connector.pages = 230;
    reading.connector.rows = 0;
    CHECK(reading.turn().more_to_do);
    CHECK(reading.connector.asked.size() == 200);
    CHECK_FALSE(reading.turn().more_to_do);
    CHECK(reading.connector.asked.size() == 230);
}

TEST_CASE("a turn that is to end does so between two pages, and keeps what it has read")
{
    Reading reading;
    reading.connector.pages = 10;
    reading.stopping = [&] { return reading.connector.asked.size() >= 3; };
    const Failure failure = failure_of([&] { reading.turn(); });
    CHECK(failure.reaction() == Reaction::give_back);
    CHECK(reading.connector.asked.size() == 3);
    CHECK(reading.cursor() == "2"); // the third page was read and not stored: it comes again

    reading.stopping = {};
    CHECK(reading.turn().pages.changes == 4'000);
    CHECK(reading.connector.asked[3] == "2");
}

TEST_CASE("a folder that cannot be read is left out for a while and said once, the others go on")
{
    Reading reading;
    reading.connector.pages = 1;
    reading.connector.folders = {"bad", "inbox"};
    reading.connector.refused = {"bad"};
    CHECK(reading.turn().unread_folders == 1);
    CHECK(reading.cursor() == "1");
    CHECK(reading.stored.text("SELECT last_failure FROM sync.folder WHERE folder_id = 'bad'") ==
          "graph.unavailable");

    const std::size_t asked = reading.connector.asked.size();
    CHECK(reading.turn().unread_folders == 1); // not asked: too early
    CHECK(reading.connector.asked.size() == asked + 1);

    for (int i = 0; i < 3; ++i) {
        reading.clock.advance_by(std::chrono::hours(1));
        CHECK(reading.turn().unread_folders == 1);
    }
    CHECK(reading.stored.number("SELECT count(*) FROM sync.event WHERE name = 'folder_left_out'") ==
          1);

    reading.connector.refused.clear();
    reading.clock.advance_by(std::chrono::hours(1));
    CHECK(reading.turn().unread_folders == 0);
    CHECK(reading.stored.number("SELECT count(*) FROM sync.folder WHERE last_failure <> '' OR "
                                "next_attempt_at IS NOT NULL") == 0);
}

TEST_CASE("a tree that cannot be read keeps no folder that is known from being read")
{
    Reading reading;
    reading.connector.pages = 2;
    reading.connector.tree_fails = Reaction::retry;
    CHECK(failure_of([&] { reading.turn(); }).name() == "graph.unavailable");
    CHECK(reading.connector.asked.empty());

    reading.connector.tree_fails.reset();
    CHECK_FALSE(reading.turn().tree_failure);
    reading.connector.pages = 3;
    reading.connector.tree_fails = Reaction::retry;
    const sync::TurnReport report = reading.turn();
    REQUIRE(report.tree_failure);
    CHECK(report.tree_failure->name() == "graph.unavailable");
    CHECK(reading.cursor() == "3");

    SECTION("unless the failure is the mailbox's as a whole")
    {
        const Reaction reaction =
            GENERATE(Reaction::reauthorise, Reaction::give_back, Reaction::stop);
        const std::size_t asked = reading.connector.asked.size();
        reading.connector.tree_fails = reaction;
        CHECK(failure_of([&] { reading.turn(); }).reaction() == reaction);
        CHECK(reading.connector.asked.size() == asked);
    }
    SECTION("nor while the provider asks to wait")
    {
        const std::size_t asked = reading.connector.asked.size();
        reading.connector.tree_fails = Reaction::wait;
        const sync::TurnReport waits = reading.turn();
        REQUIRE(waits.put_off);
        CHECK(waits.put_off->reaction() == Reaction::wait);
        CHECK(reading.connector.asked.size() == asked);
    }
}

TEST_CASE("pages that lead in a circle end the folder's round, and it is begun anew later")
{
    Reading reading;
    reading.connector.pages = 3;
    reading.connector.rows = 1;
    reading.connector.circle = true;
    const sync::TurnReport report = reading.turn();
    CHECK_FALSE(report.more_to_do);
    CHECK(report.unread_folders == 1);
    CHECK(reading.connector.asked.size() <= 5);
    CHECK(reading.cursor().empty());
    CHECK(reading.stored.text("SELECT last_failure FROM sync.folder") == "graph.page_repeats");

    reading.connector.circle = false;
    reading.clock.advance_by(std::chrono::minutes(2));
    CHECK(reading.turn().unread_folders == 0);
    CHECK(reading.cursor() == "3");
}

TEST_CASE("a cursor that is dropped as soon as it is given out is not chased within a turn")
{
    Reading reading;
    reading.connector.pages = 3;
    reading.connector.rows = 1;
    reading.connector.forgetful = true;
    CHECK(reading.turn().unread_folders == 1);
    CHECK(reading.connector.asked.size() <= 4);
    CHECK(reading.stored.text("SELECT last_failure FROM sync.folder") == "graph.cursor_expired");
}

TEST_CASE("a folder without news keeps its cursor for a day, and then takes the newer one")
{
    Reading reading;
    reading.connector.pages = 1;
    reading.turn();
    CHECK(reading.cursor() == "1");
    reading.connector.pages = 0;
    reading.connector.empty_round_says = "2";
    reading.clock.advance_by(std::chrono::hours(23));
    reading.turn();
    CHECK(reading.cursor() == "1");
    reading.clock.advance_by(std::chrono::hours(1));
    reading.turn();
    CHECK(reading.cursor() == "2");
}

TEST_CASE("a round without news leaves none of its pages as the cursor")
{
    Reading reading;
    reading.connector.pages = 1;
    reading.turn();
    reading.connector.empty_page_first = true;
    const auto state = [&] {
        return reading.stored.text("SELECT cursor || ' ' || mid_round || ' ' || last_failure FROM "
                                   "sync.folder WHERE folder_id = 'inbox'");
    };
    for (int i = 0; i < 3; ++i) {
        CHECK(reading.turn().unread_folders == 0);
        CHECK(state() == "1 false ");
    }
    SECTION("also after a turn that ended between two pages")
    {
        reading.stored.sql("UPDATE sync.folder SET cursor = 'on the way', mid_round = true");
        reading.turn();
        CHECK(state() == "next round false ");
    }
}

TEST_CASE("categories that cannot be listed are said once and tried again, and reading goes on")
{
    Reading reading;
    reading.connector.pages = 1;
    reading.connector.refuses_categories = true;
    reading.first_turn = true;
    CHECK(reading.turn().categories_missing);
    CHECK(reading.cursor() == "1");
    reading.categories_missing = true;
    CHECK(reading.turn().categories_missing);
    CHECK(reading.stored.number(
              "SELECT count(*) FROM sync.event WHERE name = 'categories_missing'") == 1);
    reading.connector.refuses_categories = false;
    CHECK_FALSE(reading.turn().categories_missing);
}

TEST_CASE("an empty folder whose cursor was forgotten has one again after its round")
{
    Reading reading;
    reading.connector.pages = 0;
    reading.turn();
    const std::string cursor = reading.cursor();
    CHECK_FALSE(cursor.empty());
    reading.stored.sql("UPDATE sync.folder SET cursor = ''");
    reading.turn();
    CHECK(reading.cursor() == cursor);
}
