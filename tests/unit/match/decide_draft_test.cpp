#include "situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

Item draft(std::vector<std::string> categories)
{
    Item item = message().from("kim@contoso.example").to("ann@adventure.example");
    item.categories = std::move(categories);
    std::get<Message>(item.detail).draft = true;
    return item;
}

Item sent(std::vector<std::string> categories)
{
    Item item = draft(std::move(categories));
    std::get<Message>(item.detail).draft = false;
    return item;
}

KnownItem with(Intent intent)
{
    KnownItem known;
    known.intent = std::move(intent);
    return known;
}

match::Circumstances in_sent_items()
{
    auto circumstances = here();
    circumstances.folder = WellKnown::sent_items;
    return circumstances;
}

std::string intent_of(const Decision& decision)
{
    if (!decision.intent)
        return "none";
    std::string words = decision.intent->tagged ? "tagged" : "labelled";
    for (const std::string& label : decision.intent->labels)
        words += ", " + label;
    return words;
}

} // namespace

TEST_CASE("a tag on a draft is an intent: nothing is stored, nothing is answered")
{
    const Decision decision = decide(draft({"Red", "CRM Track"}));
    CHECK(in_words(decision) == "ignored");
    CHECK(intent_of(decision) == "tagged");
}

TEST_CASE("what a draft asks for")
{
    CHECK(intent_of(decide(draft({}))) == "none");
    CHECK(intent_of(decide(draft({"Red"}))) == "none");
    CHECK(intent_of(decide(draft({"crm tracked"}))) == "tagged");
    CHECK(intent_of(decide(draft({"CRM: Fabrikam"}))) == "labelled, CRM: Fabrikam");
    CHECK(intent_of(decide(draft({"CRM Track", "CRM: Fabrikam"}))) == "tagged, CRM: Fabrikam");
    CHECK(intent_of(decide(draft({"CRM Refused"}))) == "none");
}

TEST_CASE("a draft whose categories are not said keeps its intent")
{
    Item item = draft({});
    item.categories = Said<std::vector<std::string>>();
    CHECK(intent_of(decide(item, with({true, {}}))) == "tagged");
}

TEST_CASE("a tag that is taken off a draft again is no intent any more")
{
    CHECK(intent_of(decide(draft({}), with({true, {}}))) == "none");
}

TEST_CASE("a draft that was thrown away asks for nothing")
{
    auto circumstances = here();
    circumstances.folder = WellKnown::deleted_items;
    CHECK(intent_of(decide(draft({"CRM Track"}), with({true, {}}), customers(), circumstances)) ==
          "none");
}

TEST_CASE("CRM Tracked found on a draft in the first pass is nobody's wish")
{
    CHECK(intent_of(decide(draft({"CRM Tracked"}), {}, customers(), first_pass())) == "none");
}

TEST_CASE("the sent copy of a tagged draft is tracked by hand, also where the tag was lost")
{
    CHECK(in_words(decide(sent({"CRM Track"}), with({true, {}}), customers(), in_sent_items())) ==
          "tracked hand_tag by person, answers tracked");
    CHECK(in_words(decide(sent({}), with({true, {}}), customers(), in_sent_items())) ==
          "tracked draft_tag by person, answers tracked");
    Item item = sent({});
    item.categories = Said<std::vector<std::string>>::empty();
    CHECK(in_words(decide(item, with({true, {}}), customers(), in_sent_items())) ==
          "tracked draft_tag by person, answers tracked");
}

TEST_CASE("the label of a draft is the regarding of what is sent, and shows on it")
{
    Candidates candidates = customers();
    LabelHits hits;
    hits.by_name = {record_id(2)};
    candidates.by_label["fabrikam"] = hits;
    const Decision decision =
        decide(sent({}), with({false, {"CRM: Fabrikam"}}), candidates, in_sent_items());
    CHECK(in_words(decision) == "tracked draft_tag by person, answers tracked");
    CHECK(decision.regarding == record_id(2));
    CHECK(decision.answer.regarding == "CRM: Fabrikam");
}

TEST_CASE("a label set on the sent copy goes before that of its draft")
{
    Candidates candidates = customers();
    candidates.by_label["fabrikam"].by_name = {record_id(2)};
    candidates.by_label["adventure works"].by_name = {record_id(1)};
    const Decision decision = decide(sent({"CRM: Adventure Works"}),
                                     with({true, {"CRM: Fabrikam"}}), candidates, in_sent_items());
    CHECK(decision.regarding == record_id(1));
}

TEST_CASE("a draft's tag is refused on the sent copy where a gate never opens")
{
    Item item = sent({});
    std::get<Message>(item.detail).message_class = std::string("IPM.Note.SMIME");
    CHECK(in_words(decide(item, with({true, {}}), customers(), in_sent_items())) ==
          "refused gate_rights_protected by person, answers refused");
}

TEST_CASE("while the refusal of a lost draft's tag waits to be written, nothing was taken back")
{
    Item item = sent({});
    std::get<Message>(item.detail).message_class = std::string("IPM.Note.SMIME");
    const Decision decision = decide(item, with({true, {}}), customers(), in_sent_items());
    CHECK(decision.answer.restore);
    KnownItem known;
    known.outcome = "refused";
    known.owed = StateCategory::refused;
    known.restoring = decision.answer.restore;
    CHECK(in_words(decide(item, known, customers(), in_sent_items())) == "refused");
    known.restoring = false;
    CHECK(in_words(decide(item, known, customers(), in_sent_items())) == "ignored, withdrawn");
}

TEST_CASE("the tag of a draft makes a link that a rule made that of a person")
{
    KnownItem known = with({true, {}});
    known.link = KnownItem::Link{};
    known.link->tracked_by = "rule";
    known.link->category_seen = StateCategory::tracked;
    CHECK(in_words(decide(sent({"CRM Tracked"}), known, customers(), in_sent_items())) ==
          "tracked hand_tag by person");
}

TEST_CASE("before a draft's tag is answered the bare sent copy is no wish taken back")
{
    KnownItem known;
    known.link = KnownItem::Link{};
    known.link->tracked_by = "user";
    known.link->regarding_category = "CRM: Fabrikam";
    known.owed = StateCategory::tracked;
    known.restoring = true;
    CHECK(in_words(decide(sent({}), known, customers(), in_sent_items())) == "tracked");
    known.restoring = false;
    CHECK(in_words(decide(sent({}), known, customers(), in_sent_items())) ==
          "tracked, stages untrack, withdrawn");
}

TEST_CASE("once a draft's tag is answered it can be taken off as any other")
{
    KnownItem known;
    known.link = KnownItem::Link{};
    known.link->tracked_by = "user";
    known.link->category_seen = StateCategory::tracked;
    CHECK(in_words(decide(sent({}), known, customers(), in_sent_items())) ==
          "tracked, stages untrack");
}
