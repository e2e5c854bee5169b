#include "unit/sync/planning.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

Decision with_evidence(Decision decision)
{
    Evidence evidence;
    evidence.rule = Rule::exact_address;
    evidence.strength = Strength::address;
    evidence.field = "from";
    evidence.candidates = {record_id(7)};
    evidence.reason = "address held by contact";
    decision.evidence.push_back(evidence);
    return decision;
}

} // namespace

TEST_CASE("an untagged item older than the window leaves no decision")
{
    const Planning here;
    const int a_day = 24 * 60;
    const Decision ignored = decision(Outcome::ignored);
    CHECK(here.decided(decided(message().at(monday(-31 * a_day)), ignored)).empty());
    CHECK(here.decided(decided(message().at(monday(-29 * a_day)), ignored)).decisions.size() == 1);
}

TEST_CASE("what was refused or answered leaves a decision however old")
{
    const Planning here;
    const Item old = message().at(monday(-400 * 24 * 60));
    CHECK(here.decided(decided(old, decision(Outcome::refused, Rule::gate_internal_only)))
              .decisions.size() == 1);
    Decision answered = decision(Outcome::ignored);
    answered.writes_answer = true;
    CHECK(here.decided(decided(old, answered)).decisions.size() == 1);
}

TEST_CASE("of an ignored or refused item neither id, address, subject nor record is kept")
{
    const Planning here;
    const Outcome outcome = GENERATE(Outcome::ignored, Outcome::refused);
    const Plan plan = here.decided(
        decided(message().subject("Private matter"), with_evidence(decision(outcome))));
    REQUIRE(plan.decisions.size() == 1);
    const DecisionRow& row = plan.decisions.front();
    CHECK_FALSE(row.item_id);
    CHECK(row.item_hmac == here.hash.item("item-1"));
    CHECK(row.message_id_hmac == here.hash.message("own@adventure.example"));
    CHECK(row.evidence_json == "[]");
    CHECK(plan.events.empty());
}

TEST_CASE("of a tracked item id and candidates are kept")
{
    const Planning here;
    const Plan plan = here.tracked(
        decided(message(), with_evidence(decision(Outcome::tracked, Rule::exact_address))));
    REQUIRE(plan.decisions.size() == 1);
    CHECK(plan.decisions[0].item_id == "item-1");
    CHECK(plan.decisions[0].rule == "exact_address");
    CHECK(plan.decisions[0].evidence_json.find(to_string(record_id(7).value)) != std::string::npos);
}

TEST_CASE("the same answer to the same input is not written again")
{
    const Planning here;
    sync::Decided again = decided(message(), decision(Outcome::ignored));
    again.known.input_hmac = bytes_of(again.input_hmac);
    again.known.outcome = "ignored";
    CHECK(here.decided(again).empty());
    again.known.outcome = "refused";
    CHECK(here.decided(again).decisions.size() == 1);
    again.known.outcome = "ignored";
    again.known.input_hmac = bytes_of(sha256("something else"));
    CHECK(here.decided(again).decisions.size() == 1);
}

TEST_CASE("the newest twenty parents are kept, the one answered first of all")
{
    const Planning here;
    std::vector<std::string> references;
    for (int i = 0; i < 30; ++i)
        references.push_back(std::to_string(i) + "@adventure.example");
    const Plan plan = here.decided(
        decided(message().references(references).in_reply_to("parent@adventure.example"),
                decision(Outcome::ignored)));
    REQUIRE(plan.decisions.size() == 1);
    const std::vector<Sha256>& parents = plan.decisions[0].parent_hmacs;
    REQUIRE(parents.size() == 20);
    CHECK(parents.front() == here.hash.message("parent@adventure.example"));
    CHECK(parents.back() == here.hash.message("11@adventure.example"));
}

TEST_CASE("the row of an ignored answer names the parents that were not stored")
{
    const Planning here;
    sync::Decided answer =
        decided(message().in_reply_to("m1@x.example"), decision(Outcome::ignored));
    answer.unstored_parents = {"m1@x.example"};
    const Plan plan = here.decided(answer);
    REQUIRE(plan.decisions.size() == 1);
    CHECK(plan.decisions[0].unstored_parents == answer.unstored_parents);
}

TEST_CASE("an answer is owed with the categories and the version it starts from")
{
    const Planning here;
    Decision refused = decision(Outcome::refused, Rule::gate_rights_protected);
    refused.writes_answer = true;
    refused.answer.state = StateCategory::refused;
    const Plan plan =
        here.decided(decided(message().categories({"Blue", "CRM Track"}).version("v7"), refused));
    REQUIRE(plan.write_backs.size() == 1);
    CHECK(plan.write_backs[0].item_id == "item-1");
    CHECK(plan.write_backs[0].desired.state == StateCategory::refused);
    CHECK(plan.write_backs[0].categories == std::vector<std::string>{"Blue", "CRM Track"});
    CHECK(plan.write_backs[0].version == Version("v7"));
}

TEST_CASE("what the item's row left unsaid is read before anything is written")
{
    const Planning here;
    Decision refused = decision(Outcome::refused, Rule::gate_rights_protected);
    refused.writes_answer = true;
    refused.answer.state = StateCategory::refused;
    Item item = message().version("v7");
    item.categories = Said<std::vector<std::string>>();
    const Plan unsaid = here.decided(decided(item, refused));
    REQUIRE(unsaid.write_backs.size() == 1);
    CHECK_FALSE(unsaid.write_backs[0].categories);
    item.categories = Said<std::vector<std::string>>::empty();
    CHECK(here.decided(decided(item, refused)).write_backs.at(0).categories ==
          std::vector<std::string>());
    item.version = Said<Version>();
    CHECK(here.decided(decided(item, refused)).write_backs.at(0).version == Version());
}

TEST_CASE(
    "an answer to names that had to be cleaned remembers them, and is read before it is written")
{
    const Planning here;
    Decision refused = decision(Outcome::refused, Rule::gate_rights_protected);
    refused.writes_answer = true;
    refused.answer.state = StateCategory::refused;
    Item item = message().categories({"CRM Track", "Bl?e"}).version("v7");
    item.uncleaned_categories = std::vector<std::string>{"CRM Track", "Bl\1e"};
    const Plan plan = here.decided(decided(item, refused));
    REQUIRE(plan.write_backs.size() == 1);
    CHECK(plan.write_backs[0].categories == std::vector<std::string>{"CRM Track", "Bl?e"});
    CHECK(plan.write_backs[0].version == Version());
}

TEST_CASE("what failed stays put aside when it is looked at before its answer is written")
{
    const Planning here;
    const KnownItem waiting = known().outcome("failed").parked().owed(StateCategory::failed);
    CHECK(here.decided(decided(message(), decision(Outcome::failed), waiting)).unparked.empty());
    CHECK(here.decided(decided(message(), decision(Outcome::ignored), waiting)).unparked ==
          std::vector<std::string>{"item-1"});
}

TEST_CASE("while an answer waits to be written its reason stays as it was")
{
    const Planning here;
    const KnownItem waiting = known().outcome("refused").owed(StateCategory::refused);
    CHECK(here.decided(decided(message(), decision(Outcome::refused), waiting)).decisions.empty());
    Decision withdrawn = decision(Outcome::ignored);
    withdrawn.withdrawn = true;
    CHECK(here.decided(decided(message(), withdrawn, waiting)).decisions.size() == 1);
}

TEST_CASE("a wish that was taken back drops the write it was owed")
{
    const Planning here;
    Decision ignored = decision(Outcome::ignored);
    ignored.withdrawn = true;
    CHECK(here.decided(decided(message(), ignored)).dropped_write_backs ==
          std::vector<std::string>{"item-1"});
    ignored.withdrawn = false;
    CHECK(here.decided(decided(message(), ignored)).dropped_write_backs.empty());
}

TEST_CASE("a state of ours that belongs to nothing stored is noted for people")
{
    const Planning here;
    Decision orphan = decision(Outcome::ignored);
    orphan.orphan_category = true;
    const Plan plan = here.decided(decided(message().categories({"CRM Tracked"}), orphan));
    REQUIRE(plan.events.size() == 1);
    CHECK(plan.events[0].name == "orphan_category");
    CHECK(plan.events[0].level == "warn");
}

TEST_CASE("an orphan's row outlives any window, is replaced when the state goes, and is noted once")
{
    const Planning here;
    const Item old = message().at(monday(-100 * 24 * 60)).categories({"CRM Tracked"});
    Decision orphan = decision(Outcome::ignored);
    orphan.orphan_category = true;
    CHECK(here.decided(decided(old, orphan)).decisions.size() == 1);
    const sync::Decided again = decided(old, orphan, known().orphan());
    CHECK(here.decided(again).events.empty());
    const sync::Decided gone = decided(old, decision(Outcome::ignored), known().orphan());
    CHECK(here.decided(gone).decisions.size() == 1);
    CHECK(here.decided(decided(old, decision(Outcome::ignored))).decisions.empty());
}

TEST_CASE("an item that was parked and could be decided is parked no more")
{
    const Planning here;
    CHECK(here.decided(decided(message(), decision(Outcome::ignored), known().parked())).unparked ==
          std::vector<std::string>{"item-1"});
    CHECK(here.tracked(decided(message(), hand_tag(), known().parked())).unparked ==
          std::vector<std::string>{"item-1"});
}
