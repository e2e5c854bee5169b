#include "integration/store/two_mailboxes.hpp"
#include "store/revisits.hpp"
#include "store/untracks.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

namespace asio = boost::asio;

constexpr const char* offer = "m@example.com";

struct Sharing : TwoMailboxes {
    store::Revisits revisits{pool};
    store::Untracks untracks{pool};

    TrackedItem anns_offer()
    {
        TrackedItem item = anns("a1", offer);
        item.message_hmac = digest(offer);
        return item;
    }
    /// Bob's copy, which only joins what is there.
    Plan joining(const std::string& item_id = "b1")
    {
        TrackedItem item = bobs(item_id, offer);
        item.joins = true;
        item.body.clear();
        item.message_hmac = digest(offer);
        item.tracked_by = "shared";
        item.rule = "shared";
        Plan plan = plan_of(item);
        DecisionRow& decision = plan.decisions.emplace_back();
        decision.item_hmac = digest(item_id);
        decision.item_id = item_id;
        decision.message_id_hmac = digest(offer);
        decision.outcome = Outcome::tracked;
        decision.rule = "shared";
        OwedCategories& owed = plan.write_backs.emplace_back();
        owed.item_id = item_id;
        owed.desired.state = StateCategory::tracked;
        return plan;
    }
    void decide(Fence fence, const std::string& item, Outcome outcome, std::string rule = "none",
                std::optional<std::string> unstored = std::nullopt)
    {
        Plan plan;
        DecisionRow& decision = plan.decisions.emplace_back();
        decision.item_hmac = digest(item);
        decision.message_id_hmac = digest(offer);
        decision.unstored_message = std::move(unstored);
        decision.outcome = outcome;
        decision.rule = std::move(rule);
        commit(fence, plan);
    }
    std::vector<std::string> due(Fence fence)
    {
        std::vector<std::string> words;
        for (const store::DueRevisit& one : run(revisits.due(fence.mailbox)))
            words.push_back(std::string(to_string(one.reason)) + " " + one.key);
        return words;
    }
    void bury(const std::string& item = "a1")
    {
        store::Release release;
        release.item_id = item;
        release.item_hmac = digest(item);
        std::vector<store::Release> all(1, release);
        run(untracks.release(ann, std::move(all), {}));
    }
    void wait_for_a_lock()
    {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                      "AND wait_event_type = 'Lock' AND wait_event <> 'advisory'") == 0)
            REQUIRE(std::chrono::steady_clock::now() < until);
    }
};

const std::vector<std::string> copy_due{"copy m@example.com"};

} // namespace

TEST_CASE("a copy that joins makes a link and adds whom it names, and claims nothing")
{
    Sharing s;
    s.commit(s.ann, plan_of(s.anns_offer()));
    Plan plan = s.joining();
    plan.tracked.front().parties.push_back(
        {Role::bcc, "eve@example.com", "", {}, PartyResolution::unresolved, false});
    const store::Committed committed = s.commit(s.bob, plan);
    REQUIRE(committed.tracked.size() == 1);
    CHECK_FALSE(committed.tracked.front().created);
    CHECK(s.number("SELECT count(*) FROM store.activity") == 1);
    CHECK(s.owner() == "ann@contoso.example");
    CHECK(s.text("SELECT tracked_by FROM sync.link WHERE item_id = 'b1'") == "shared");
    CHECK(s.number("SELECT count(*) FROM store.activity_party WHERE role = 'bcc'") == 1);
    CHECK(s.text("SELECT body FROM store.activity") == "<p>Hello</p>");
}

TEST_CASE("a copy of what is not there any more creates nothing, and is found when it comes back")
{
    Sharing s;
    SECTION("never stored, or purged") {}
    SECTION("another message with the same Message-ID")
    {
        TrackedItem other = s.anns_offer();
        other.identity.from_hash = digest("zoe@example.com");
        s.commit(s.ann, plan_of(other));
    }
    SECTION("a tombstone")
    {
        s.commit(s.ann, plan_of(s.anns_offer()));
        s.bury();
    }
    const auto before = s.number("SELECT count(*) FROM store.activity_identity");
    CHECK(s.commit(s.bob, s.joining()).tracked.empty());
    CHECK(s.number("SELECT count(*) FROM store.activity_identity") == before);
    CHECK(s.number("SELECT count(*) FROM sync.link WHERE item_id = 'b1'") == 0);
    CHECK(s.number("SELECT count(*) FROM sync.write_back WHERE item_id = 'b1'") == 0);
    CHECK(
        s.text("SELECT outcome || ' ' || rule || ' ' || coalesce(item_id, '-') FROM sync.decision "
               "WHERE item_hmac = sha256('b1')") == "ignored none -");

    TrackedItem tagged_again = s.anns_offer();
    const store::Committed committed = s.commit(s.ann, plan_of(tagged_again));
    CHECK(committed.revisits == std::vector<MailboxId>{s.bob.mailbox});
    CHECK(s.due(s.bob) == copy_due);
}

TEST_CASE("what is stored asks every mailbox that let a copy of it go by")
{
    Sharing s;
    SECTION("ignored") { s.decide(s.bob, "b1", Outcome::ignored); }
    SECTION("given up") { s.decide(s.bob, "b1", Outcome::failed, "rule_tag"); }
    SECTION("refused by the ceiling") { s.decide(s.bob, "b1", Outcome::refused, "gate_ceiling"); }
    const store::Committed committed = s.commit(s.ann, plan_of(s.anns_offer()));
    CHECK(committed.revisits == std::vector<MailboxId>{s.bob.mailbox});
    CHECK(s.due(s.bob) == copy_due);
    CHECK(s.due(s.ann).empty());
}

TEST_CASE("nobody is asked for a copy that a gate refused, or a person untracked")
{
    Sharing s;
    SECTION("refused") { s.decide(s.bob, "b1", Outcome::refused, "gate_sensitivity"); }
    SECTION("untracked") { s.decide(s.bob, "b1", Outcome::untracked, "pinned"); }
    SECTION("never seen") {}
    CHECK(s.commit(s.ann, plan_of(s.anns_offer())).revisits.empty());
    CHECK(s.due(s.bob).empty());
}

TEST_CASE("who took part in a message older than the window is asked without a decision")
{
    Sharing s;
    TrackedItem item = s.anns_offer();
    const bool old = GENERATE(true, false);
    const bool by_record = GENERATE(true, false);
    INFO(old << by_record);
    item.before_window = old;
    Party party{Role::cc, "bob@contoso.example", "", {}, PartyResolution::unresolved, false};
    if (by_record) {
        party.address = "robert@contoso.example"; // an alias the CRM knows
        party.record = s.bob_user;
        party.resolution = PartyResolution::resolved;
    }
    item.parties.push_back(party);
    const store::Committed committed = s.commit(s.ann, plan_of(item));
    CHECK(s.due(s.bob) == (old ? copy_due : std::vector<std::string>{}));
    CHECK(committed.revisits.size() == (old ? 1 : 0));
}

TEST_CASE("what was asked for again while its holder looked is not done")
{
    Sharing s;
    s.decide(s.bob, "b1", Outcome::ignored);
    s.commit(s.ann, plan_of(s.anns_offer()));
    const auto read = s.run(s.revisits.due(s.bob.mailbox));
    s.bury();
    s.commit(s.ann, plan_of(s.anns_offer()));
    s.run(s.revisits.done(s.bob, read));
    CHECK(s.due(s.bob) == copy_due);
    s.run(s.revisits.put_off(s.bob, read.front(), morning(1) + std::chrono::days(36500)));
    CHECK(s.due(s.bob) == copy_due);
}

TEST_CASE("a copy that is decided while the message is being stored asks for itself")
{
    Sharing s;
    s.commit(s.ann, plan_of(s.anns_offer()));
    s.decide(s.bob, "b1", Outcome::ignored, "none", offer);
    CHECK(s.due(s.bob) == copy_due);
}

TEST_CASE("an untrack waits for a copy that is being stored, and takes off what that one writes")
{
    Sharing s;
    Plan copy = s.joining();
    SECTION("one that joins") {}
    SECTION("one that its mailbox tracks by a rule")
    {
        TrackedItem& item = copy.tracked.front();
        item.joins = false;
        item.tracked_by = "rule";

        item.owner.by_person = false;
    }
    s.commit(s.ann, plan_of(s.anns_offer()));
    s.sql("UPDATE sync.link SET category_seen = 'tracked'");
    // Bob's transaction has joined and waits in its COMMIT.
    s.sql("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS"
          " 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END'");
    s.sql("CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON sync.link"
          " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold()");
    const auto holder = s.run(s.pool.acquire());
    s.run(holder->run(pg::Statement{"", "SELECT pg_advisory_lock(7)"}));
    const auto connection = s.run(s.pool.acquire());
    auto join = asio::co_spawn(
        s.io, store::commit(*connection, s.bob, std::move(copy), std::nullopt), asio::use_future);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (s.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") ==
           0)
        REQUIRE(std::chrono::steady_clock::now() < until);
    store::Release release;
    release.item_id = "a1";
    release.item_hmac = digest("a1");
    std::vector<store::Release> all(1, release);
    auto burial =
        asio::co_spawn(s.io, s.untracks.release(s.ann, std::move(all), {}), asio::use_future);
    s.wait_for_a_lock();
    s.run(holder->run(pg::Statement{"", "SELECT pg_advisory_unlock(7)"}));
    while (burial.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        REQUIRE((std::chrono::steady_clock::now() < until && s.io.run_one() > 0));
    CHECK(join.get().tracked.size() == 1);
    CHECK(burial.get().owed == std::vector<MailboxId>{s.bob.mailbox});
    CHECK(s.text("SELECT desired ->> 'state' FROM sync.write_back WHERE item_id = 'b1'") == "none");
}

TEST_CASE("a shared link that is released leaves everything else as it is")
{
    Sharing s;
    s.commit(s.ann, plan_of(s.anns_offer()));
    s.commit(s.bob, s.joining());
    // Be it that its own user owns the activity.
    s.sql("UPDATE store.activity SET owner_id = (SELECT owner_id FROM sync.mailbox WHERE address = "
          "'bob@contoso.example')");
    store::Release release;
    release.item_id = "b1";
    release.item_hmac = digest("b1");
    release.message_hmac = digest(offer);
    std::vector<store::Release> all(1, release);
    const store::ReleaseReport report = s.run(s.untracks.release(s.bob, std::move(all), {}));
    CHECK(report.owed.empty());
    CHECK(s.number("SELECT count(*) FROM store.activity WHERE deleted_at IS NULL") == 1);
    CHECK(s.text("SELECT string_agg(item_id, ' ') FROM sync.link") == "a1");
    CHECK(s.number("SELECT count(*) FROM sync.pin") == 2);
}

TEST_CASE("a sent copy that names somebody outside says where a message among colleagues went")
{
    Sharing s;
    TrackedItem internal = s.anns_offer();
    internal.direction = Direction::internal;
    s.commit(s.ann, plan_of(internal));
    Plan plan = s.joining();
    plan.tracked.front().had_external = true;
    s.commit(s.bob, plan);
    CHECK(s.text("SELECT direction FROM store.activity") == "outgoing");
}

TEST_CASE("an answer that was stored first is asked to weigh what its thread says")
{
    Sharing s;
    const RecordId fabrikam = s.record("account", "Fabrikam");
    const RecordId adventure = s.record("account", "Adventure Works");
    TrackedItem answer = s.bobs("b2", "answer@example.com");
    answer.regarding = adventure;
    answer.regarding_strength = 30;
    answer.message_hmac = digest("answer@example.com");
    bool asked = true;
    SECTION("about something else by an address") {}
    SECTION("about nothing") { answer.regarding.reset(); }
    SECTION("by a person's choice")
    {
        answer.regarding_by_person = true;
        asked = false;
    }
    SECTION("by what a later part of the thread said before")
    {
        answer.regarding_strength = 60;
        answer.occurred_at = morning(30);
    }
    SECTION("by what was said before, where it would lead in a circle")
    {
        answer.regarding_strength = 60;
        asked = false;
    }
    SECTION("about the same")
    {
        answer.regarding = fabrikam;
        asked = false;
    }
    Plan plan = plan_of(answer);
    DecisionRow& decision = plan.decisions.emplace_back();
    decision.item_hmac = digest("b2");
    decision.item_id = "b2";
    decision.parent_hmacs = {digest(offer)};
    decision.outcome = Outcome::tracked;
    decision.rule = "hand_tag";
    s.commit(s.bob, plan);
    TrackedItem parent = s.anns_offer();
    parent.regarding = fabrikam;
    parent.regarding_strength = 30;
    s.commit(s.ann, plan_of(parent));
    CHECK(s.due(s.bob) ==
          (asked ? std::vector<std::string>{"regarding b2"} : std::vector<std::string>{}));

    // What the weighing found; a person's choice and evidence as strong stand.
    Plan found;
    FoundRegarding& better = found.found_regardings.emplace_back();
    better.activity =
        ActivityId(s.sql("SELECT activity_id FROM sync.link WHERE item_id = 'b2'").get<Uuid>(0, 0));
    better.regarding = fabrikam;
    better.strength = 60;
    s.commit(s.bob, found);
    const std::string expected = answer.regarding_by_person ? "Adventure Works" : "Fabrikam";
    CHECK(s.text("SELECT r.name FROM store.activity AS a JOIN store.record AS r ON r.id = "
                 "a.regarding_id WHERE a.message_id = 'answer@example.com'") == expected);
}
