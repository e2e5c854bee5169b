#include "integration/store/two_mailboxes.hpp"
#include "store/pending_attachments.hpp"
#include "store/revisits.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

StoredAttachment row(std::string name, std::string status, std::string reason = "")
{
    StoredAttachment made;
    made.name = std::move(name);
    made.status = std::move(status);
    made.reason = std::move(reason);
    return made;
}

StoredAttachment stored(std::string name, std::string content)
{
    StoredAttachment made = row(std::move(name), "stored");
    made.size = static_cast<std::int64_t>(content.size());
    made.sha256 = sha256(content);
    made.content = std::move(content);
    return made;
}

StoredAttachment in_file(std::string name, const std::string& content)
{
    const auto file = std::make_shared<TemporaryFile>("/var/tmp");
    file->append(content);
    StoredAttachment made = row(std::move(name), "stored");
    made.size = file->size();
    made.sha256 = sha256(content);
    made.file = file;
    return made;
}

const StoredAttachment placeholder = row("ATP Scan In Progress", "pending", "scanner");

struct Waiting : TwoMailboxes {
    store::PendingAttachments pending{pool};
    store::Revisits revisits{pool};
    ActivityId activity;

    explicit Waiting(std::vector<StoredAttachment> attachments)
    {
        TrackedItem item = anns("a1", "m@example.com");
        item.attachments = std::move(attachments);
        activity = commit(ann, plan_of(item)).tracked.at(0).activity;
    }
    /// Items whose attachments are to be looked at now.
    std::vector<std::string> looks_due(Fence holder)
    {
        std::vector<std::string> items;
        for (const store::DueRevisit& due : run(revisits.due(holder.mailbox)))
            if (due.reason == store::Revisit::attachments)
                items.push_back(due.key);
        return items;
    }
    std::string ledger()
    {
        return text(
            "SELECT string_agg(concat_ws('|', name, status, reason), ', ' ORDER BY ordinal) "
            "FROM store.attachment");
    }
};

std::string pattern(std::size_t size)
{
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 31 + i / 1000);
    return bytes;
}

} // namespace

TEST_CASE("long contents are stored from their file, in parts, each once")
{
    TwoMailboxes two;
    const std::string content = pattern(2'500'000);
    TrackedItem first = two.anns("a1", "m1@example.com");
    first.attachments = {stored("small.txt", "small"), in_file("film.mp4", content)};
    TrackedItem second = two.anns("a2", "m2@example.com");
    second.attachments = {in_file("copy.mp4", content), stored("in memory.mp4", content)};
    Plan plan = plan_of(first);
    plan.tracked.push_back(second);
    two.commit(two.ann, plan);
    TrackedItem third = two.anns("a3", "m3@example.com");
    third.attachments = {in_file("again.mp4", content)};
    two.commit(two.ann, plan_of(third));

    CHECK(two.number("SELECT count(*) FROM store.blob") == 2);
    CHECK(two.number("SELECT count(*) FROM store.blob_part") == 1 + 10);
    CHECK(two.number("SELECT max(length(content))::bigint FROM store.blob_part") == 256 * 1024);
    CHECK(two.number("SELECT count(*) FROM store.blob AS b WHERE sha256("
                     "(SELECT string_agg(content, ''::bytea ORDER BY n) FROM store.blob_part AS p "
                     "WHERE p.sha256 = b.sha256)) = b.sha256") == 2);
    CHECK(two.number("SELECT count(*) FROM store.attachment WHERE status = 'stored'") == 5);
}

TEST_CASE("of a transaction that fails behind its long contents nothing is left")
{
    TwoMailboxes two;
    TrackedItem item = two.anns("a1", "m1@example.com");
    item.attachments = {in_file("film.mp4", pattern(1'500'000)), row("broken", "skipped")};
    two.commit(two.ann, plan_of(item)); // set aside: a skipped one without its reason
    CHECK(two.number("SELECT count(*) FROM sync.parked") == 1);
    CHECK(two.number("SELECT count(*) FROM store.blob") == 0);
    CHECK(two.number("SELECT count(*) FROM store.blob_part") == 0);
}

TEST_CASE("a placeholder asks for a look at its item, soon")
{
    Waiting waiting({placeholder});
    CHECK(waiting.looks_due(waiting.ann).empty());
    CHECK(waiting.text("SELECT reason || ' ' || key FROM sync.revisit") == "attachments a1");
    waiting.sql("UPDATE sync.revisit SET due_at = now() - interval '1 second'");
    CHECK(waiting.looks_due(waiting.ann) == std::vector<std::string>{"a1"});

    const auto items =
        waiting.run(waiting.pending.waiting(waiting.ann.mailbox, {"nobody knows it", "a1"}));
    REQUIRE(items.size() == 2);
    CHECK_FALSE(items[0].since.has_value());
    CHECK(items[1].item_id == "a1");
    CHECK(items[1].activity == waiting.activity);
    CHECK(items[1].since.has_value());
    CHECK(items[1].message_id.has_value());
}

TEST_CASE("a further copy of what waits for a scanner is looked at, at once")
{
    Waiting waiting({placeholder});
    TrackedItem copy = waiting.bobs("b1", "m@example.com");
    copy.attachments = {stored("offer.pdf", "offer")};
    waiting.commit(waiting.bob, plan_of(copy));
    CHECK(waiting.looks_due(waiting.bob) == std::vector<std::string>{"b1"});
    CHECK(waiting.ledger() == "ATP Scan In Progress|pending|scanner");
}

TEST_CASE("what the scanner let through takes the placeholder's place, and only that")
{
    Waiting waiting(
        {stored("note.txt", "first"), placeholder, row("logo.png", "skipped", "inline")});
    const auto settled = waiting.run(waiting.pending.settled(waiting.activity));
    CHECK(settled == std::vector<std::string>{"note.txt", "logo.png"});
    waiting.run(waiting.pending.settle(
        waiting.ann, waiting.activity,
        {stored("note.txt", "another by now"), stored("offer.pdf", "offer"),
         in_file("film.mp4", pattern(1'200'000)), row("note.txt", "skipped", "size")}));
    // Two are called note.txt: one of them was there, and stays as it was.
    CHECK(waiting.ledger() == "note.txt|stored, logo.png|skipped|inline, offer.pdf|stored, "
                              "film.mp4|stored, note.txt|skipped|size");
    CHECK(waiting.number("SELECT count(*) FROM store.attachment AS a JOIN store.blob AS b USING "
                         "(sha256) WHERE a.status = 'stored'") == 3);

    // Nothing waits any more: a second answer changes nothing.
    const std::string before = waiting.ledger();
    waiting.run(
        waiting.pending.settle(waiting.ann, waiting.activity, {stored("late.pdf", "late")}));
    CHECK(waiting.ledger() == before);
}

TEST_CASE("a placeholder that is still there is waited for since the beginning")
{
    Waiting waiting({placeholder});
    waiting.sql("UPDATE store.attachment SET pending_since = '2026-03-01T00:00:00Z'");
    waiting.run(waiting.pending.settle(waiting.ann, waiting.activity,
                                       {stored("offer.pdf", "offer"), placeholder}));
    CHECK(waiting.ledger() == "offer.pdf|stored, ATP Scan In Progress|pending|scanner");
    CHECK(waiting.text("SELECT pending_since = '2026-03-01T00:00:00Z' FROM store.attachment WHERE "
                       "status = 'pending'") == "t");
    waiting.run(waiting.pending.give_up(waiting.ann, waiting.activity));
    CHECK(waiting.ledger() == "offer.pdf|stored, ATP Scan In Progress|skipped|scanner");
}

TEST_CASE("a mailbox that is removed is asked to look at nothing")
{
    Waiting waiting({placeholder});
    waiting.run(waiting.mailboxes.remove(waiting.ann.mailbox));
    CHECK(waiting.number("SELECT count(*) FROM sync.revisit") == 0);
    waiting.run(waiting.pending.give_old_up());
    CHECK(waiting.ledger() == "ATP Scan In Progress|pending|scanner");
    waiting.sql("UPDATE store.attachment SET pending_since = now() - interval '49 hours'");
    waiting.run(waiting.pending.give_old_up());
    CHECK(waiting.ledger() == "ATP Scan In Progress|skipped|scanner");
}
