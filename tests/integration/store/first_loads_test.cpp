#include "store/first_loads.hpp"
#include "store/folders.hpp"
#include "store/page_store.hpp"
#include "stored.hpp"
#include "support/builders.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Loading {
    Stored stored;
    Fence ann = stored.leased("ann@contoso.example");
    store::Folders folders{stored.pool};
    store::FirstLoads loads{stored.pool};

    Loading()
    {
        FolderChanges round;
        for (const char* id : {"a", "b"})
            round.present.push_back({FolderId(id), FolderId("root"), id, WellKnown::none});
        stored.run(folders.apply(ann, round, 1, true));
        stored.run(loads.begin(ann));
    }
    /// A page of folder "a"; the last one of its round where `done`.
    void page(int messages, Timestamp oldest, bool done = false)
    {
        Progress progress;
        progress.folder = FolderId("a");
        progress.cursor = Cursor("next");
        progress.messages = messages;
        progress.oldest = oldest;
        if (done)
            progress.round_done_at = monday(0);
        const auto connection = stored.run(stored.pool.acquire());
        stored.run(store::advance_cursors(*connection, ann, {progress}));
    }
    store::FirstLoadShown shown() { return stored.run(loads.shown(ann.mailbox)); }
    store::FolderState folder() { return stored.run(folders.tree(ann.mailbox, 1)).folders.front(); }
};

} // namespace

TEST_CASE_METHOD(Loading,
                 "pages of a folder that is read from nothing are counted, later news are not")
{
    page(500, monday(-10));
    page(500, monday(-500));
    CHECK(shown().messages_read == 1000);
    CHECK_FALSE(shown().messages_total);
    CHECK(folder().read_back_to == monday(-500));

    stored.run(loads.set_totals(ann, {{FolderId("a"), 1200}, {FolderId("b"), 10}}));
    CHECK(folder().counted);
    CHECK(shown().messages_total == 1210);
    CHECK(shown().folders_done == 0);

    page(100, monday(-900), true);
    CHECK(shown().messages_read == 1100);
    CHECK(shown().messages_total == 1110); // what was listed counts, not what was said
    CHECK(shown().folders == 2);
    CHECK(shown().folders_done == 1);

    page(3, monday(0), true);
    CHECK(shown().messages_read == 1100);
    CHECK(folder().read_back_to == monday(-900));
}

TEST_CASE_METHOD(Loading, "more messages than the provider counted are the whole themselves")
{
    stored.run(loads.set_totals(ann, {{FolderId("a"), 2}, {FolderId("b"), 0}}));
    page(5, monday(-10));
    CHECK(shown().messages_total == 5);
}

TEST_CASE_METHOD(Loading, "a folder that is read again is counted anew, and so is a mailbox")
{
    page(500, monday(-10));
    stored.run(loads.set_totals(ann, {{FolderId("a"), 900}, {FolderId("b"), 0}}));
    SECTION("a folder")
    {
        stored.run(folders.forget_cursor(ann, FolderId("a")));
        CHECK(stored.run(loads.state(ann.mailbox)).running());
    }
    SECTION("a mailbox")
    {
        stored.run(loads.end(ann));
        stored.run(folders.forget_all_cursors(ann.mailbox));
        CHECK_FALSE(stored.run(loads.state(ann.mailbox)).began_at);
    }
    CHECK_FALSE(folder().counted);
    CHECK_FALSE(folder().read_back_to);
    CHECK(shown().messages_read == 0);
}

TEST_CASE_METHOD(Loading, "a first load remembers what it found, answered, and when it was over")
{
    CHECK_FALSE(shown().load.tagged_found);
    stored.run(loads.note_tagged(ann, 7));
    stored.run(loads.note_answered(ann, 3));
    stored.run(loads.note_answered(ann, 4));
    CHECK(shown().load.running());
    CHECK(shown().load.tagged_found == 7);
    CHECK(shown().load.items_answered == 7);
    stored.run(loads.end(ann));
    CHECK_FALSE(shown().load.running());
    const auto ended_at = shown().load.ended_at;
    stored.run(loads.end(ann));
    CHECK(shown().load.ended_at == ended_at);
    stored.run(loads.begin(ann));
    CHECK(shown().load.items_answered == 0);
}

TEST_CASE_METHOD(Loading, "the latest change of a folder is kept")
{
    stored.run(loads.mark_dirty(ann, {{FolderId("a"), monday(3)}}));
    CHECK(folder().dirty_at == monday(3));
}
