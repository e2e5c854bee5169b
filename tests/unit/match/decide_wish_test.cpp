#include "unit/match/wish_rows.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("a tag is a person's where the service saw the item without it, else a rule's")
{
    check({
        {"a new message that nobody tagged, in manual mode", message(), {}, here(), "ignored"},
        {"a new message that came with the tag",
         tagged(),
         {},
         here(),
         "tracked rule_tag, answers tracked"},
        {"a tag on a message that has a row", tagged(), known().outcome("ignored"), here(),
         "tracked hand_tag by person, answers tracked"},
        {"a tag on a message from before the folder's last round",
         tagged(),
         {},
         later(),
         "tracked hand_tag by person, answers tracked"},
        {"a tag in a folder that was never read, on a message from before enabling",
         tagged().at(monday(-90)),
         {},
         here(),
         "tracked hand_tag by person, answers tracked"},
        {"a tag in another case", message().categories({"crm track"}), known().outcome("ignored"),
         here(), "tracked hand_tag by person, answers tracked"},
        {"a tag on a message far older than the rules look back",
         tagged().at(monday(-60 * 24 * 400)),
         {},
         here(),
         "tracked hand_tag by person, answers tracked"},
        {"categories that were not said ask for nothing",
         message().categories_not_said(),
         {},
         here(),
         "ignored"},
        {"the tag of a new message among colleagues",
         internal(),
         {},
         here(),
         "refused gate_internal_only, answers refused"},
        {"a hand tag on a message among colleagues", internal(), known().outcome("ignored"), here(),
         "tracked hand_tag by person, answers tracked"},
    });
}

TEST_CASE("on a first pass every tag is a person's, but on messages received since enabling")
{
    check({
        {"an old message",
         internal(),
         {},
         first_pass(),
         "tracked hand_tag by person, answers tracked"},
        {"a message received since enabling",
         internal().at(monday(6)),
         {},
         first_pass(),
         "refused gate_internal_only, answers refused"},
        {"received since enabling, but already seen without the tag", internal().at(monday(6)),
         known().outcome("ignored"), first_pass(), "tracked hand_tag by person, answers tracked"},
    });
}

TEST_CASE("CRM Tracked set by a user is a wish after the first pass")
{
    const Item copy = message().categories({"CRM Tracked"});
    check({
        {"on a message that was seen before",
         copy,
         {},
         later(),
         "tracked tracked_by_hand by person"},
        {"on a refused message", copy, known().outcome("refused"), here(),
         "tracked tracked_by_hand by person"},
        {"by an inbox rule on a new message", copy, {}, here(), "tracked rule_tag"},
        {"both tags at once",
         message().categories({"CRM Track", "CRM Tracked"}),
         {},
         later(),
         "tracked hand_tag by person, answers tracked"},
    });
}

TEST_CASE("our states on a first pass are matched by identity, else listed as orphans")
{
    const auto stored = customers().stored("own@adventure.example", 1);
    const Item tracked = message().categories({"CRM Tracked"});
    const Item internal_copy =
        message().from("lee@contoso.example").categories({"CRM Tracked", "CRM: Adventure Works"});
    check(
        {
            {"tracked, and stored", tracked, {}, first_pass(), "tracked identity"},
            {"in review, and stored",
             message().categories({"CRM Review"}),
             {},
             first_pass(),
             "tracked identity, answers tracked"},
            {"tagged by hand among colleagues once, and stored",
             internal_copy,
             {},
             first_pass(),
             "tracked identity"},
            {"a copy within the mailbox, later", internal_copy, {}, here(), "tracked identity"},
            {"refused once, and another mailbox tracks it",
             message().categories({"CRM Refused"}),
             {},
             first_pass(),
             "tracked shared, answers tracked"},
            {"pinned, and stored", tracked, known().pinned(), first_pass(),
             "untracked pinned, orphan"},
        },
        stored);
    check({
        {"tracked, but stored nowhere",
         tracked,
         {},
         first_pass(),
         "ignored orphan_category, orphan"},
        {"failed",
         message().categories({"CRM Failed"}),
         {},
         first_pass(),
         "ignored orphan_category, orphan"},
        {"an orphan that the mode tracks",
         tracked,
         {},
         first_pass(Mode::all),
         "tracked exact_address"},
        {"an orphan with a label",
         message().categories({"CRM Tracked", "CRM: Fabrikam"}),
         {},
         first_pass(),
         "ignored orphan_category, orphan"},
        {"a state of ours by hand, later",
         message().categories({"CRM Review"}),
         {},
         later(),
         "ignored"},
    });
    const Decision linked_again = decide(internal_copy, {}, stored, first_pass());
    CHECK(linked_again.regarding == record_id(1));
    CHECK_FALSE(linked_again.regarding_by_person);
    CHECK(linked_again.answer.regarding == std::optional<std::string>("CRM: Adventure Works"));
    check({{"tracked, but the copy in the CRM was removed",
            tracked,
            {},
            first_pass(),
            "ignored orphan_category, orphan"}},
          customers().stored("own@adventure.example").removed());
}

TEST_CASE("an orphan stays one until its category is taken off")
{
    const Item tracked = message().categories({"CRM Tracked", "Blue"});
    Item changed = tracked;
    changed.modified_at = monday(6);
    match::Circumstances again = later();
    again.reads_again = true;
    check({
        {"something else changed", tracked, known().orphan(), later(),
         "ignored orphan_category, orphan"},
        {"with a label", message().categories({"CRM Tracked", "CRM: Fabrikam"}), known().orphan(),
         later(), "ignored orphan_category, orphan"},
        {"taken off", message().categories({"Blue"}), known().orphan(), later(), "ignored"},
        {"taken off and set again", tracked, known().outcome("ignored"), later(),
         "tracked tracked_by_hand by person"},
        {"tagged", message().categories({"CRM Tracked", "CRM Track"}), known().orphan(), later(),
         "tracked hand_tag by person, answers tracked"},
        {"read again without a row, not changed since",
         tracked,
         {},
         again,
         "ignored orphan_category, orphan"},
        {"read again without a row, changed since",
         changed,
         {},
         again,
         "tracked tracked_by_hand by person"},
        {"read again while it could not be handled yet", tracked, known().parked(), again,
         "tracked tracked_by_hand by person"},
        {"read again, and seen without it", tracked, known().outcome("ignored"), again,
         "tracked tracked_by_hand by person"},
    });
    check({{"stored meanwhile", tracked, known().orphan(), later(), "tracked identity"}},
          customers().stored("own@adventure.example", 1));
}

TEST_CASE("a category of the sender's own Keywords is taken off and never a wish")
{
    const auto brought = [](std::vector<std::string> names) {
        return message().categories(names).keywords(names);
    };
    check({
        {"a track category", brought({"CRM Track"}), {}, here(), "ignored, answers none"},
        {"in another spelling",
         message().categories({"CRM Track"}).keywords({"crm track", "Sale"}),
         {},
         here(),
         "ignored, answers none"},
        {"a label", brought({"CRM: Adventure Works"}), {}, here(), "ignored, answers none"},
        {"somebody else's category stays", brought({"Sale"}), {}, here(), "ignored"},
        {"tracked by the mode all the same",
         brought({"CRM Tracked", "CRM: X"}),
         {},
         here(Mode::contacts),
         "tracked exact_address, answers tracked"},
        {"beside an inbox rule's tag",
         message().categories({"CRM Track", "CRM: X"}).keywords({"CRM: X"}),
         {},
         here(),
         "tracked rule_tag, answers tracked"},
        {"before the headers were read, nothing is believed",
         message().categories({"CRM Track"}).headers_unread(),
         {},
         here(),
         "look at headers"},
        {"nor on a first pass, where every tag is a person's",
         message().categories({"CRM Track"}).headers_unread(),
         {},
         first_pass(),
         "look at headers"},
        {"once they were read", brought({"CRM Track"}), {}, first_pass(), "ignored, answers none"},
        {"of what the user sent there are none to read",
         message().from("kim@contoso.example").categories({"CRM Track"}).headers_unread(),
         {},
         first_pass(),
         "tracked hand_tag by person, answers tracked"},
        {"what was seen without it has it from the user",
         message().categories({"CRM Track"}).headers_unread(), known().outcome("ignored"), here(),
         "tracked hand_tag by person, answers tracked"},
        {"while the write that takes it off waits", brought({"CRM Track"}),
         known().outcome("ignored").owed(StateCategory::none), here(), "ignored"},
        {"set again by the user once it was taken off", brought({"CRM Track"}),
         known().outcome("ignored"), here(), "tracked hand_tag by person, answers tracked"},
    });
    const Decision decision =
        decide(brought({"CRM Tracked", "CRM: X"}), {}, customers(), here(Mode::contacts));
    CHECK(decision.answer.take_off == std::vector<std::string>{"CRM Tracked", "CRM: X"});
}

TEST_CASE("the wish of an item that was put aside stays the one it was")
{
    KnownItem came_tagged = known().parked();
    came_tagged.came_tagged = true;
    check({{"an inbox rule's, though the folder was read to its end since", tagged(), came_tagged,
            later(Mode::all), "tracked rule_tag, answers tracked"},
           {"a person's, though the folder was never read", tagged(), known().parked(),
            here(Mode::manual), "tracked hand_tag by person, answers tracked"}});
}

TEST_CASE("drafts are left alone, tagged or not")
{
    check({
        {"a tagged draft", tagged().draft(), {}, later(), "ignored"},
        {"in mode all", message().draft(), {}, here(Mode::all), "ignored"},
        {"linked, without its category", message().draft(), known().linked(), later(), "ignored"},
    });
}
