#include "support/builders.hpp"
#include "sync/folder_choice.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::sync;
using namespace crmsync::test;

namespace {

const MailboxId mailbox(7);

store::FolderState folder(const std::string& name, WellKnown well_known = WellKnown::none)
{
    store::FolderState state;
    state.folder.id = FolderId(name);
    state.folder.well_known = well_known;
    state.cursor = Cursor("delta");
    state.round_done_at = monday(-600);
    return state;
}

/// A minute after the last time.
News quiet()
{
    News news;
    news.now = monday(0);
    news.chosen_before = monday(-1);
    return news;
}

/// A folder whose moment of the hour is not within that minute.
store::FolderState resting()
{
    for (int i = 0;; ++i)
        if (auto state = folder("f" + std::to_string(i)); !asks_for_news(state, mailbox, quiet()))
            return state;
}

} // namespace

TEST_CASE("Inbox, Sent Items and Drafts are asked always, others where something has changed")
{
    for (const WellKnown live : {WellKnown::inbox, WellKnown::sent_items, WellKnown::drafts}) {
        auto state = resting();
        state.folder.well_known = live;
        CHECK(asks_for_news(state, mailbox, quiet()));
    }
    const auto state = resting();
    News news = quiet();
    news.dirty = {state.folder.id};
    CHECK(asks_for_news(state, mailbox, news));
    news.dirty = {FolderId("another")};
    CHECK_FALSE(asks_for_news(state, mailbox, news));
    news.chosen_before.reset();
    CHECK(asks_for_news(state, mailbox, news));
}

TEST_CASE("a folder is asked for a while after its last change, and while it could not be read")
{
    auto state = resting();
    state.dirty_at = monday(-4);
    CHECK(asks_for_news(state, mailbox, quiet()));
    state.dirty_at = monday(-6);
    CHECK_FALSE(asks_for_news(state, mailbox, quiet()));
    state.trouble.failure = "graph.unavailable";
    CHECK(asks_for_news(state, mailbox, quiet()));
    state = resting();
    state.round_done_at.reset();
    CHECK(asks_for_news(state, mailbox, quiet()));
}

TEST_CASE("each folder has its moment of the hour, whatever the interval and the pauses")
{
    constexpr int folders = 500;
    std::vector<int> asked(folders);
    int most_at_once = 0;
    Timestamp before = monday(0);
    for (const int minutes : {1, 1, 1, 2, 1, 5, 1, 1, 7, 1, 1, 1, 1, 1, 10, 1, 1, 1, 1, 1, 20}) {
        News news;
        news.now = before + std::chrono::minutes(minutes);
        news.chosen_before = before;
        int at_once = 0;
        for (int i = 0; i < folders; ++i)
            if (asks_for_news(folder("f" + std::to_string(i)), mailbox, news)) {
                ++asked[static_cast<std::size_t>(i)];
                ++at_once;
            }
        if (minutes == 1)
            most_at_once = std::max(most_at_once, at_once);
        before = news.now;
    }
    REQUIRE(before == monday(60));
    CHECK(std::all_of(asked.begin(), asked.end(), [](int times) { return times == 1; }));
    CHECK(most_at_once < 30); // of 500, in one minute of sixty
}

TEST_CASE("news go before what was received lately, and that before the rest")
{
    auto state = folder("f");
    CHECK(urgency_of(state, monday(0)) == Urgency::news);
    state.from_beginning = true;
    CHECK(urgency_of(state, monday(0)) == Urgency::recent);
    state.read_back_to = monday(10);
    CHECK(urgency_of(state, monday(0)) == Urgency::recent);
    state.read_back_to = monday(-10);
    CHECK(urgency_of(state, monday(0)) == Urgency::rest);
}
