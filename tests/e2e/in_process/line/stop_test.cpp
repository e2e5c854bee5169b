#include "e2e/in_process/letters.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Kim's mailbox, where mail with the contact Ann is tracked, and Lee's beside it.
struct Threads {
    Threads()
    {
        stage.settings.tracking.show_shared = false;
        stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
        kims = stage.mailbox(kim, Mode::contacts);
        lees = stage.mailbox(lee, Mode::contacts);
    }
    void start()
    {
        stage.start();
        stage.settle();
    }
    sim::ItemRef put(const char* mailbox, const std::string& id, const std::string& parent = "",
                     const Names& categories = {})
    {
        Letter letter = Letter(id).id(id).to(mailbox);
        if (!parent.empty())
            letter.in_reply_to(parent);
        for (const std::string& category : categories)
            letter.tagged(category);
        return stage.script().put(mailbox, "inbox", letter);
    }
    sim::ItemRef arrives(const char* mailbox, const std::string& id, const std::string& parent = "",
                         const Names& categories = {})
    {
        const sim::ItemRef item = put(mailbox, id, parent, categories);
        stage.settle();
        return item;
    }
    void tag(const sim::ItemRef& item, const std::string& category)
    {
        stage.script().tag(item.mailbox, item.id, category);
        stage.settle();
    }
    void untag(const sim::ItemRef& item, const std::string& category)
    {
        stage.script().untag(item.mailbox, item.id, category);
        stage.settle();
    }
    bool tracked(const std::string& subject)
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL AND "
                            "subject = '" +
                            subject + "'") == 1;
    }
    std::string latest_decision()
    {
        return stage.one("SELECT outcome || ' ' || rule FROM sync.decision ORDER BY decided_at "
                         "DESC LIMIT 1");
    }
    /// A thread that is stopped by its first message, m1.
    void stop_first()
    {
        start();
        tag(arrives(kim, "m1"), "CRM Stop");
    }
    int stops() { return stage.number("SELECT count(*) FROM sync.stop"); }

    Stage stage;
    MailboxId kims, lees;
};

} // namespace

TEST_CASE_METHOD(Threads, "CRM Stop on a tracked message keeps what is stored and ends the thread")
{
    start();
    const auto first = arrives(kim, "m1");
    REQUIRE(stage.categories(first) == Names{"CRM Tracked"});
    tag(first, "CRM Stop");
    const auto answer = arrives(kim, "m2", "m1");
    const auto to_that = arrives(kim, "m3", "m2");
    CHECK(tracked("m1"));
    CHECK_FALSE(tracked("m2"));
    CHECK_FALSE(tracked("m3")); // by the conversation
    CHECK(latest_decision() == "ignored stopped");
    CHECK(stage.categories(first) == Names{"CRM Tracked", "CRM Stop"});
    CHECK(stage.categories(answer).empty());
    CHECK(stage.categories(to_that).empty());
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'thread_stopped'") == 1);
    arrives(kim, "other");
    CHECK(tracked("other"));
}

TEST_CASE_METHOD(Threads,
                 "a message of a stopped thread that a person tags is tracked, and it alone")
{
    stop_first();
    const auto answer = arrives(kim, "m2", "m1");
    tag(answer, "CRM Track");
    CHECK(tracked("m2"));
    CHECK(stage.categories(answer) == Names{"CRM Tracked"});
    arrives(kim, "m3", "m2");
    CHECK_FALSE(tracked("m3"));
}

TEST_CASE_METHOD(Threads, "once CRM Stop is taken off, what comes next is tracked again")
{
    start();
    const auto first = arrives(kim, "m1");
    tag(first, "CRM Stop");
    arrives(kim, "m2", "m1");
    SECTION("and what came before stays as it is")
    {
        untag(first, "CRM Stop");
        CHECK(stops() == 0);
        CHECK(stage.number("SELECT count(*) FROM sync.stop_key") == 0);
        arrives(kim, "m3", "m2");
        CHECK_FALSE(tracked("m2"));
    }
    SECTION("also what arrives in the same moment")
    {
        stage.script().untag(kim, first.id, "CRM Stop");
        arrives(kim, "m3", "m1");
    }
    CHECK(tracked("m3"));
    CHECK(tracked("m1"));
}

TEST_CASE_METHOD(Threads, "a thread is stopped as long as one of its messages carries CRM Stop")
{
    start();
    const auto first = arrives(kim, "m1");
    const auto answer = arrives(kim, "m2", "m1");
    stage.script().tag(kim, first.id, "CRM Stop");
    tag(answer, "CRM Stop");
    untag(first, "CRM Stop");
    arrives(kim, "m3", "m1");
    CHECK_FALSE(tracked("m3"));
    untag(answer, "CRM Stop");
    arrives(kim, "m4", "m1");
    CHECK(tracked("m4"));
}

TEST_CASE_METHOD(Threads, "CRM Stop that is set while an answer waits counts once that is written")
{
    if (cannot_hold("ignore_if_match", "the write goes through, and nobody says what it undid"))
        return;
    start();
    const auto item = put(kim, "m1");
    stage.on_step = [&](int, std::string_view step) {
        if (step != "http.send" || stage.number("SELECT count(*) FROM sync.write_back") == 0)
            return;
        stage.on_step = nullptr;
        stage.script().tag(kim, item.id, "CRM Stop");
    };
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Stop", "CRM Tracked"});
    CHECK(stops() == 1);
    arrives(kim, "m2", "m1");
    CHECK_FALSE(tracked("m2"));
}

TEST_CASE_METHOD(Threads,
                 "CRM Stop on a message that is not tracked stops what its thread would be")
{
    start();
    const auto first =
        stage.script().put(kim, "inbox", Letter("m1").id("m1").from("stranger@elsewhere.example"));
    stage.settle();
    REQUIRE_FALSE(tracked("m1"));
    tag(first, "CRM Stop");
    CHECK(stage.categories(first) == Names{"CRM Stop"});
    arrives(kim, "m2", "m1");
    CHECK_FALSE(tracked("m2"));
    CHECK(latest_decision() == "ignored stopped");
}

TEST_CASE_METHOD(Threads, "CRM Stop counts for what comes with the same page, and on a first pass")
{
    put(kim, "m1", "", {"CRM Stop"});
    put(kim, "m2", "m1");
    put(kim, "m3", "m2");
    put(kim, "other");
    start();
    CHECK_FALSE(tracked("m1"));
    CHECK_FALSE(tracked("m2"));
    CHECK_FALSE(tracked("m3"));
    CHECK(tracked("other"));
    const auto first = arrives(kim, "n1");
    stage.script().tag(kim, first.id, "CRM Stop");
    arrives(kim, "n2", "n1");
    CHECK_FALSE(tracked("n2"));
}

TEST_CASE_METHOD(Threads,
                 "set by the owner of the thread's latest activity, CRM Stop counts everywhere")
{
    start();
    const auto first = arrives(kim, "m1");
    REQUIRE(tracked("m1"));
    tag(first, "CRM Stop");
    arrives(lee, "m2", "m1");
    CHECK_FALSE(tracked("m2"));
    CHECK(latest_decision() == "ignored stopped");
    untag(first, "CRM Stop");
    arrives(lee, "m3", "m1");
    CHECK(tracked("m3"));
}

TEST_CASE_METHOD(Threads, "set by somebody else, CRM Stop counts in that mailbox alone")
{
    start();
    SECTION("whose copy of an owned message it is")
    {
        arrives(kim, "m1");
        const auto copy = arrives(lee, "m1");
        REQUIRE(stage.one("SELECT r.external_id FROM crm.activity AS a JOIN crm.record AS r ON "
                          "r.id = a.owner_id") == kim);
        tag(copy, "CRM Stop");
    }
    SECTION("who owned the thread's activity before the latest")
    {
        const auto first = arrives(lee, "m1");
        arrives(kim, "m2", "m1");
        tag(first, "CRM Stop");
    }
    SECTION("who tagged a thread of which nothing is stored")
    {
        const auto copy = stage.script().put(
            lee, "inbox", Letter("m1").id("m1").from("stranger@elsewhere.example").to(lee));
        stage.settle();
        tag(copy, "CRM Stop");
    }
    arrives(lee, "m3", "m1");
    CHECK_FALSE(tracked("m3"));
    arrives(kim, "m4", "m1");
    CHECK(tracked("m4"));
}

TEST_CASE_METHOD(Threads, "in a stopped thread nothing is shown of what others track")
{
    stage.settings.tracking.show_shared = true;
    store::Mailboxes mailboxes(stage.pool());
    stage.go(mailboxes.choose(lees, "mode", "manual"));
    start();
    const auto copy = arrives(lee, "m1");
    tag(copy, "CRM Stop");
    arrives(kim, "m1");
    arrives(kim, "m2", "m1");
    const auto second = arrives(lee, "m2", "m1");
    CHECK(tracked("m2"));
    CHECK(stage.categories(copy) == Names{"CRM Stop"});
    CHECK(stage.categories(second).empty());
}

TEST_CASE_METHOD(Threads, "in a stopped thread an inbox rule's tag is refused, and says why")
{
    stop_first();
    const auto answer = arrives(kim, "m2", "m1", {"CRM Track"});
    CHECK_FALSE(tracked("m2"));
    CHECK(stage.categories(answer) == Names{"CRM Refused"});
    CHECK(latest_decision() == "refused stopped");
}

TEST_CASE_METHOD(Threads, "a sender cannot stop a thread")
{
    start();
    const auto item = stage.script().put(
        kim, "inbox", Letter("m1").id("m1").tagged("CRM Stop").header("Keywords", "CRM Stop"));
    stage.settle();
    CHECK(stops() == 0);
    CHECK(tracked("m1"));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    arrives(kim, "m2", "m1");
    CHECK(tracked("m2"));
}

TEST_CASE_METHOD(Threads, "CRM Stop by a name from before the settings changed still counts")
{
    stop_first();
    stage.settings.tracking.stop_category = "Leave it";
    stage.application().reload(stage.settings);
    stage.settle();
    arrives(kim, "m2", "m1");
    CHECK_FALSE(tracked("m2"));
    CHECK(stops() == 1);
    tag(arrives(kim, "n1"), "Leave it");
    arrives(kim, "n2", "n1");
    CHECK_FALSE(tracked("n2"));
    tag(arrives(kim, "o1"), "crm stop");
    arrives(kim, "o2", "o1");
    CHECK_FALSE(tracked("o2"));
}

TEST_CASE_METHOD(Threads, "a stop outlives a resync and the move or end of its message")
{
    start();
    const auto first = arrives(kim, "m1");
    tag(first, "CRM Stop");
    SECTION("read again from the beginning") { stage.resync(kims); }
    SECTION("moved") { stage.script().move(kim, first.id, "deleteditems"); }
    SECTION("deleted for good") { stage.script().remove(kim, first.id, true); }
    stage.settle();
    arrives(kim, "m2", "m1");
    CHECK_FALSE(tracked("m2"));
    CHECK(stops() == 1);
}
