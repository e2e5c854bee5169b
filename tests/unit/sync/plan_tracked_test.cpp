#include "unit/sync/planning.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

Decision by_rule() { return decision(Outcome::tracked, Rule::exact_address); }

OwnerClaim claimed(const Item& item, const Candidates& candidates)
{
    return Planning().tracked(decided(item, by_rule()), "Hello", candidates).tracked.at(0).owner;
}

} // namespace

TEST_CASE("who tagged by hand claims the item, from the moment of the tag")
{
    const Planning here;
    const Plan plan = here.tracked(decided(message().at(monday(3)), hand_tag()), "Hello",
                                   crm().mailbox("bo@contoso.example", 91));
    REQUIRE(plan.tracked.size() == 1);
    const TrackedItem& item = plan.tracked[0];
    CHECK(item.owner.by_person);
    CHECK(item.owner.owner == record_id(90));
    CHECK(item.owner.at == monday(3));
    CHECK(item.owner.address == "kim@contoso.example");
    CHECK(item.tracked_by == "user");
    CHECK(item.rule == "hand_tag");
    CHECK(item.tagged_at == monday(3));
    CHECK(plan.write_backs.size() == 1);
}

TEST_CASE("for a rule the sender owns, if a user")
{
    const Item sent = message().from("bo@contoso.example").to("kim@contoso.example");
    CHECK(claimed(sent, crm().mailbox("bo@contoso.example", 91).mailbox("kim@contoso.example", 90))
              .owner == record_id(91));
    // A user without a mailbox that is followed.
    CHECK(claimed(sent, crm().record(92, "user", "Bo").holds("bo@contoso.example")).owner ==
          record_id(92));
    // A contact is no owner.
    CHECK(claimed(sent, crm()
                            .record(93, "contact", "Bo")
                            .holds("bo@contoso.example")
                            .mailbox("kim@contoso.example", 90))
              .owner == record_id(90));
}

TEST_CASE("a sender is known as a user though the mailbox has a contact of that address")
{
    const Item sent = message().from("bo@blue.example").to("kim@contoso.example");
    CHECK(claimed(sent, crm()
                            .record(92, "user", "Bo")
                            .holds("bo@blue.example")
                            .record(93, "contact", "Bo")
                            .owned_by(90)
                            .holds("bo@blue.example")
                            .mailbox("kim@contoso.example", 90))
              .owner == record_id(92));
}

TEST_CASE("every address of a user with an enabled mailbox stands for that mailbox")
{
    const Candidates both = crm()
                                .mailbox("kim@contoso.example", 90)
                                .alias("kim.old@contoso.example", 90)
                                .mailbox("bo@contoso.example", 91);
    CHECK(claimed(message().to("kim.old@contoso.example").cc("bo@contoso.example"), both).owner ==
          record_id(90));
    CHECK(claimed(message().from("kim.old@contoso.example").to("bo@contoso.example"), both).owner ==
          record_id(90));
}

TEST_CASE("else the first enabled mailbox in To, then Cc, then Bcc owns")
{
    const Candidates both =
        crm().mailbox("kim@contoso.example", 90).mailbox("bo@contoso.example", 91);
    CHECK(claimed(message().to("x@x.example", "bo@contoso.example", "kim@contoso.example"), both)
              .owner == record_id(91));
    CHECK(claimed(message().to("kim@contoso.example").cc("bo@contoso.example"), both).owner ==
          record_id(90));
    CHECK(claimed(message().to("x@x.example").cc("bo@contoso.example").bcc("kim@contoso.example"),
                  both)
              .owner == record_id(91));
    CHECK(claimed(message().to("x@x.example").bcc("bo@contoso.example"), both).owner ==
          record_id(91));
}

TEST_CASE("a rule's claim is the same from every copy")
{
    const Candidates both =
        crm().mailbox("kim@contoso.example", 90).mailbox("bo@contoso.example", 91);
    const OwnerClaim one =
        claimed(message().to("bo@contoso.example", "kim@contoso.example").at(monday(1)), both);
    const OwnerClaim other = claimed(
        message().id("copy").to("bo@contoso.example", "kim@contoso.example").at(monday(2)), both);
    CHECK(one.owner == other.owner);
    CHECK(one.at == other.at);
    CHECK(one.address == other.address);
    CHECK_FALSE(one.by_person);
}

TEST_CASE("where the message names none of our mailboxes, the address settles it")
{
    const OwnerClaim by_list = claimed(message().to("everybody@contoso.example"), Candidates());
    CHECK(by_list.owner == record_id(90));
    CHECK(by_list.address == "kim@contoso.example");
    const OwnerClaim named =
        claimed(message().to("kim@contoso.example"), crm().mailbox("kim@contoso.example", 90));
    CHECK(std::tie(named.at, named.address) < std::tie(by_list.at, by_list.address));
}

TEST_CASE("when it happened: sent, received, created, last changed, and at last when it was stored")
{
    const Planning here;
    Item item = message();
    const auto occurred = [&] {
        return here.tracked(decided(item, hand_tag())).tracked.at(0).occurred_at;
    };
    item.message().sent_at = monday(1);
    item.message().received_at = monday(2);
    item.created_at = monday(3);
    item.modified_at = monday(4);
    CHECK(occurred() == monday(1));
    item.message().sent_at = Said<Timestamp>::empty();
    CHECK(occurred() == monday(2));
    item.message().received_at = Said<Timestamp>::empty();
    CHECK(occurred() == monday(3));
    item.created_at = Said<Timestamp>{};
    CHECK(occurred() == monday(4));
    item.modified_at = Said<Timestamp>{};
    CHECK(occurred() == here.now);
}

TEST_CASE("what is stored of a message")
{
    Planning here;
    Settings settings = Planning::settings();
    settings.attachments.max_body_bytes = 4;
    here.rules = sync::make_snapshot(settings);
    Decision tag = hand_tag();
    tag.regarding = record_id(5);
    tag.regarding_by_person = true;
    tag.regarding_strength = Strength::person;
    tag.answer.regarding = "CRM: Adventure Works";
    const Plan plan = here.tracked(decided(message().subject("Offer").version("v3"), tag), "Hello");
    REQUIRE(plan.tracked.size() == 1);
    const TrackedItem& item = plan.tracked[0];
    CHECK(item.item_id == "item-1");
    CHECK(item.subject == "Offer");
    CHECK(item.body == "Hell");
    CHECK(item.body_truncated);
    CHECK(item.body_bytes == 5);
    CHECK(item.occurred_at == monday(-1));
    CHECK(item.message_id == "own@adventure.example");
    CHECK(item.direction == Direction::incoming);
    CHECK(item.had_external);
    CHECK(item.parties.size() == 2);
    CHECK(item.regarding == record_id(5));
    CHECK(item.regarding_by_person);
    CHECK(item.regarding_strength == static_cast<int>(Strength::person));
    CHECK(item.regarding_category == "CRM: Adventure Works");
    CHECK(item.folder == FolderId("inbox"));
    CHECK(item.version == Version("v3"));
    REQUIRE(plan.events.size() == 1);
    CHECK(plan.events[0].name == "item_tracked");
    CHECK(plan.events[0].detail_json.find("Adventure") == std::string::npos);
}

TEST_CASE("a new tag undoes the pin of an earlier untrack")
{
    const Planning here;
    CHECK(
        here.tracked(decided(message(), hand_tag(), known().pinned())).unpinned ==
        std::vector<Sha256>{here.hash.item("item-1"), here.hash.message("own@adventure.example")});
    CHECK(here.tracked(decided(message(), hand_tag())).unpinned.empty());
}
