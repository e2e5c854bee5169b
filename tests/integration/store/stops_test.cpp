#include "integration/store/stored.hpp"
#include "store/known_items.hpp"
#include "store/stops.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Stopping : Stored {
    Fence ann = leased("ann@contoso.example");
    Fence bob = leased("bob@contoso.example");

    /// Of a message "m" with parent "p", in conversation "c".
    static StoppedThread thread(const std::string& item)
    {
        StoppedThread stop;
        stop.item_hmac = digest(item);
        stop.keys = {digest("m"), digest("p"), digest("c")};
        stop.message_ids = {"m", "p"};
        stop.conversation = digest("c");
        return stop;
    }
    void stop(Fence fence, const std::string& item)
    {
        Plan plan;
        plan.stops.push_back(thread(item));
        commit(fence, plan);
    }
    void end(Fence fence, const std::string& item)
    {
        Plan plan;
        plan.ended_stops.push_back(digest(item));
        commit(fence, plan);
    }
    bool stopped(Fence fence, const std::string& item, const std::string& key,
                 std::vector<Sha256> ended = {})
    {
        const auto connection = run(pool.acquire());
        std::vector<store::ThreadQuery> queries(2);
        queries[0].item_hmac = digest("another");
        queries[0].keys = {digest("of no thread")};
        queries[1].item_hmac = digest(item);
        queries[1].keys = {digest("of no thread"), digest(key)};
        const std::vector<bool> answers =
            run(store::find_stopped(*connection, fence.mailbox, queries, ended));
        CHECK_FALSE(answers.at(0));
        return answers.at(1);
    }
    KnownItem known(Fence fence, const std::string& item)
    {
        store::KnownQuery query;
        query.item_id = item;
        query.item_hmac = digest(item);
        const auto connection = run(pool.acquire());
        const std::vector<store::KnownQuery> queries(1, query);
        return run(store::known_items(*connection, fence.mailbox, queries)).at(item);
    }
    /// An activity of the thread, owned by whose mailbox holds it: how it is tied to the thread is
    /// said by its Message-ID, its parent, its conversation.
    void store_message(Fence fence, const std::string& item, const std::string& owner,
                       const std::string& message_id, const std::string& parent,
                       const std::string& conversation, int minutes)
    {
        TrackedItem tracked = tagged(item, message_id, user(owner), owner);
        tracked.occurred_at = morning(minutes);
        Plan plan = plan_of(tracked);
        DecisionRow& row = plan.decisions.emplace_back();
        row.item_hmac = digest(item);
        row.item_id = item;
        row.parent_hmacs = {digest(parent)};
        row.thread_hmac = digest(conversation);
        row.outcome = Outcome::tracked;
        row.rule = "hand_tag";
        commit(fence, plan);
    }
    bool everywhere() { return text("SELECT bool_or(everywhere)::text FROM sync.stop") == "true"; }
};

} // namespace

TEST_CASE("a stopped thread is known in its mailbox, by any of its keys, until it is ended")
{
    Stopping here;
    CHECK_FALSE(here.known(here.ann, "i").stops_there);
    here.stop(here.ann, "i");
    here.stop(here.ann, "i");
    CHECK(here.known(here.ann, "i").says_stop);
    CHECK(here.known(here.ann, "i").stops_there);
    CHECK_FALSE(here.known(here.ann, "j").says_stop);
    CHECK_FALSE(here.known(here.bob, "i").stops_there);
    for (const char* key : {"m", "p", "c"}) {
        CHECK(here.stopped(here.ann, "j", key));
        CHECK_FALSE(here.stopped(here.ann, "i", key)); // it says so itself
        CHECK_FALSE(here.stopped(here.ann, "j", key, {digest("i")}));
        CHECK_FALSE(here.stopped(here.bob, "j", key));
    }
    here.end(here.ann, "i");
    CHECK_FALSE(here.stopped(here.ann, "j", "m"));
    CHECK_FALSE(here.known(here.ann, "i").stops_there);
    CHECK(here.number("SELECT count(*) FROM sync.stop_key") == 0);
}

TEST_CASE("one of two items that stop a thread ends only its own stop")
{
    Stopping here;
    here.stop(here.ann, "i");
    here.stop(here.ann, "j");
    here.end(here.ann, "i");
    CHECK(here.stopped(here.ann, "k", "m"));
    here.end(here.ann, "j");
    CHECK_FALSE(here.stopped(here.ann, "k", "m"));
}

TEST_CASE("a thread is stopped everywhere by the owner of its latest activity")
{
    Stopping here;
    const std::string ann = "ann@contoso.example";
    const std::string bob = "bob@contoso.example";
    SECTION("the message itself") { here.store_message(here.ann, "i", ann, "m", "x", "x", 0); }
    SECTION("its parent") { here.store_message(here.bob, "b", ann, "p", "x", "x", 0); }
    SECTION("an answer to it, in another mailbox")
    {
        here.store_message(here.bob, "b", ann, "r", "m", "x", 0);
    }
    SECTION("one of the same conversation")
    {
        here.store_message(here.ann, "b", ann, "r", "x", "c", 0);
    }
    SECTION("the later of two")
    {
        here.store_message(here.bob, "b", bob, "p", "x", "x", 0);
        here.store_message(here.ann, "i", ann, "m", "p", "x", 1);
    }
    here.stop(here.ann, "i");
    CHECK(here.everywhere());
    CHECK(here.stopped(here.bob, "k", "m"));
    CHECK(here.known(here.bob, "k").stops_there);
    here.end(here.ann, "i");
    CHECK_FALSE(here.stopped(here.bob, "k", "m"));
}

TEST_CASE("anybody else stops a thread in one mailbox alone")
{
    Stopping here;
    const std::string ann = "ann@contoso.example";
    const std::string bob = "bob@contoso.example";
    SECTION("nothing of it is stored") {}
    SECTION("somebody else owns the latest")
    {
        here.store_message(here.ann, "i", ann, "m", "x", "x", 0);
        here.store_message(here.bob, "b", bob, "r", "m", "x", 1);
    }
    SECTION("what is stored is of another thread, or of another mailbox's conversation")
    {
        here.store_message(here.ann, "a", ann, "other", "x", "x", 0);
        here.store_message(here.bob, "b", ann, "one more", "x", "c", 0);
    }
    SECTION("the latest was removed from the CRM")
    {
        here.store_message(here.ann, "i", ann, "m", "x", "x", 0);
        here.sql("UPDATE store.activity SET deleted_at = now(), purge_after = now()");
    }
    here.stop(here.ann, "i");
    CHECK_FALSE(here.everywhere());
    CHECK(here.stopped(here.ann, "k", "m"));
    CHECK_FALSE(here.stopped(here.bob, "k", "m"));
}

TEST_CASE("a removed mailbox takes its stops and its labels along")
{
    Stopping here;
    here.stop(here.ann, "i");
    here.sql("INSERT INTO sync.published_label SELECT id, 'a', 'A', 'a', gen_random_uuid(), "
             "'listed' FROM sync.mailbox");
    here.sql("INSERT INTO sync.read_label SELECT id, sha256('i'), sha256('l') FROM sync.mailbox");
    here.run(here.mailboxes.remove(here.ann.mailbox));
    CHECK(here.number("SELECT count(*) FROM sync.stop") == 0);
    CHECK(here.number("SELECT count(*) FROM sync.stop_key") == 0);
    CHECK(here.number("SELECT count(*) FROM sync.published_label") == 1);
    CHECK(here.number("SELECT count(*) FROM sync.read_label") == 1);
}
