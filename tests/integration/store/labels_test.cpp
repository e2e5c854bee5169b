#include "integration/store/stored.hpp"
#include "store/handover.hpp"
#include "store/labels.hpp"
#include "store/revisits.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using store::LabelState;
using store::PublishedLabel;

namespace {

constexpr const char* ann_address = "ann@contoso.example";
constexpr const char* bob_address = "bob@contoso.example";

struct Offering : Stored {
    Fence ann = leased(ann_address);
    Fence bob = leased(bob_address);
    store::Labels labels{pool};

    void import(const std::string& type, const std::string& name, const char* owner = nullptr,
                std::optional<RecordState> state = std::nullopt,
                std::optional<std::string> number = std::nullopt)
    {
        store::RecordRow row;
        row.key = {type, name};
        row.name = name;
        if (owner)
            row.owner = *parse_address(owner);
        if (state)
            row.state = *state;
        if (number)
            row.number = *number;
        const std::vector<store::RecordRow> rows(1, row);
        REQUIRE(run(records.import(rows)).refused.empty());
    }
    RecordId id(const std::string& name)
    {
        return RecordId(
            sql("SELECT id FROM store.record WHERE external_id = '" + name + "'").get<Uuid>(0, 0));
    }
    /// Whose mailboxes are asked to look at their lists, since this was asked last.
    std::string asked()
    {
        std::string who;
        store::Revisits revisits(pool);
        for (const auto& [fence, name] : {std::pair(ann, "ann "), std::pair(bob, "bob ")}) {
            auto due = run(revisits.due(fence.mailbox));
            for (const store::DueRevisit& one : due)
                if (one.reason == store::Revisit::labels)
                    who += name;
            run(revisits.done(fence, std::move(due)));
        }
        return who;
    }
    std::string found(Fence fence, const std::string& label)
    {
        Candidates candidates;
        const auto connection = run(pool.acquire());
        run(store::find_published(*connection, fence.mailbox, {label}, candidates));
        const auto at = candidates.by_label.find(label);
        if (at == candidates.by_label.end())
            return "";
        REQUIRE(at->second.published.size() == 1);
        return candidates.records.at(at->second.published.front()).name;
    }
    PublishedLabel row(const std::string& record, LabelState state,
                       std::string category = "CRM: Renewal")
    {
        return {std::move(category), "renewal", id(record), state};
    }
    void write(const PublishedLabel& label)
    {
        std::vector<PublishedLabel> rows(1, label);
        run(labels.write(ann, std::move(rows)));
    }
};

} // namespace

TEST_CASE("an import asks the mailboxes whose list it may change, and no others")
{
    Offering here;
    here.import("opportunity", "O1", ann_address);
    CHECK(here.asked() == "ann ");
    here.import("opportunity", "O1", ann_address);
    CHECK(here.asked() == ""); // as it was
    here.import("opportunity", "O1", bob_address);
    CHECK(here.asked() == "ann bob ");
    here.import("opportunity", "O1", nullptr, RecordState::closed);
    CHECK(here.asked() == "bob ");
    here.import("opportunity", "O1", nullptr, std::nullopt, "OPP-1");
    CHECK(here.asked() == "bob ");
    here.import("account", "A1", ann_address);
    CHECK(here.asked() == "");
    here.write(here.row("A1", LabelState::gone));
    here.import("account", "A1", nullptr, RecordState::closed);
    CHECK(here.asked() == "ann ");
}

TEST_CASE("a pin asks its user's mailboxes, and counts once")
{
    Offering here;
    here.import("account", "A1");
    const RecordId bob = here.user(bob_address);
    const store::PinChange first = here.run(here.labels.pin(bob, here.id("A1")));
    CHECK(first.news);
    CHECK(first.mailboxes == std::vector<MailboxId>{here.bob.mailbox});
    CHECK(here.asked() == "bob ");
    CHECK_FALSE(here.run(here.labels.pin(bob, here.id("A1"))).news);
    CHECK(here.run(here.labels.wanted(here.bob.mailbox, 20)).size() == 1);
    CHECK(here.run(here.labels.wanted(here.ann.mailbox, 20)).empty());
    here.asked();
    here.import("account", "A1", nullptr, RecordState::closed);
    CHECK(here.asked() == "bob ");
    CHECK(here.run(here.labels.wanted(here.bob.mailbox, 20)).empty());
    CHECK(here.run(here.labels.unpin(bob, here.id("A1"))).news);
    CHECK_FALSE(here.run(here.labels.unpin(bob, here.id("A1"))).news);
}

TEST_CASE("closing a record and passing records on ask the mailboxes concerned")
{
    Offering here;
    here.import("case", "C1", ann_address);
    here.asked();
    store::Handover handover(here.pool);
    here.run(handover.close(here.id("C1")));
    CHECK(here.asked() == "ann ");
    here.run(handover.pass_records(here.user(ann_address), here.user(bob_address), 10));
    CHECK(here.asked() == "bob ");
}

TEST_CASE("of what was offered under a label the present row counts first, then the latest")
{
    Offering here;
    for (const char* name : {"Old", "New", "Other"})
        here.import("account", name);
    CHECK(here.found(here.ann, "renewal") == "");
    here.write(here.row("Old", LabelState::gone, "About: Renewal"));
    CHECK(here.found(here.ann, "renewal") == "Old");
    here.sql("UPDATE sync.published_label SET published_at = now() + interval '1 hour'");
    here.write(here.row("New", LabelState::adding));
    CHECK(here.found(here.ann, "renewal") == "New");
    CHECK(here.found(here.ann, "RENEWAL") == "New");
    here.write(here.row("Other", LabelState::theirs));
    CHECK(here.found(here.ann, "renewal") == "Other");
    CHECK(here.found(here.bob, "renewal") == ""); // each mailbox has its own
}

TEST_CASE("what was done to the list is remembered, and nothing is written without the lease")
{
    Offering here;
    here.import("account", "A1");
    here.write(here.row("A1", LabelState::adding));
    here.run(here.labels.carried_out(here.ann, LabelState::adding));
    CHECK(here.run(here.labels.published(here.ann.mailbox)) ==
          std::vector<PublishedLabel>{here.row("A1", LabelState::listed)});
    here.write(here.row("A1", LabelState::removing));
    here.run(here.labels.carried_out(here.ann, LabelState::removing));
    CHECK(here.run(here.labels.published(here.ann.mailbox)).front().state == LabelState::gone);
    here.sql("UPDATE sync.lease SET epoch = epoch + 1");
    CHECK_THROWS_AS(here.write(here.row("A1", LabelState::adding)), Failure);
    CHECK_THROWS_AS(here.run(here.labels.carried_out(here.ann, LabelState::removing)), Failure);
}
