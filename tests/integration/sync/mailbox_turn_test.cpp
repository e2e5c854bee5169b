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

    asio::awaitable<std::variant<FolderChanges, CursorExpired>> folders_since(Cursor since) override
    {
        FolderChanges changes;
        if (since.value.empty()) {
            Folder inbox;
            inbox.id = FolderId("inbox");
            inbox.well_known = WellKnown::inbox;
            changes.present.push_back(inbox);
        }
        changes.next = Cursor("tree");
        co_return changes;
    }
    asio::awaitable<std::vector<std::variant<Page, CursorExpired>>>
    changes_since(std::vector<FolderCursor> folders) override
    {
        std::vector<std::variant<Page, CursorExpired>> answers;
        for (const FolderCursor& folder : folders) {
            asked.push_back(folder.cursor.value);
            answers.emplace_back(
                page(folder.cursor.value.empty() ? 0 : std::stoi(folder.cursor.value)));
        }
        co_return answers;
    }
    asio::awaitable<std::vector<MasterCategory>> master_categories() override
    {
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
    asio::awaitable<std::vector<BodyAnswer>> fetch(std::vector<ItemKey>) override
    {
        throw std::logic_error("nothing here may be fetched");
    }
    asio::awaitable<std::vector<AttachmentContent>> fetch_attachments(std::vector<AttachmentRef>,
                                                                      std::int64_t) override
    {
        throw std::logic_error("nothing here may be fetched");
    }
    asio::awaitable<std::vector<WriteAnswer>> write_categories(std::vector<CategoryWrite>) override
    {
        throw std::logic_error("nothing here is to be written to");
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

    sync::TurnReport turn()
    {
        sync::TurnContext context{mailbox, fence,   connector, stored.pool,
                                  clock,   metrics, hash,      sync::make_snapshot(Settings()),
                                  true,    false,   {},        stopping};
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
