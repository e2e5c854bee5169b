#include "integration/store/stored.hpp"
#include "store/due_work.hpp"
#include "store/write_backs.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Owing : Stored {
    Fence ann = leased("ann@contoso.example");
    RecordId ann_user = user("ann@contoso.example");
    store::WriteBacks write_backs{pool};

    void owe(const std::string& item, StateCategory state, const std::string& version = "v1")
    {
        OwedCategories owed;
        owed.item_id = item;
        owed.desired.state = state;
        owed.desired.regarding = "CRM: Adventure Works";
        owed.desired.take_off = {"Sender's \"own\"", "Ünïcödé"};
        owed.categories = {"Holiday", "CRM Track"};
        owed.version = Version(version);
        Plan plan;
        plan.write_backs.push_back(owed);
        commit(ann, plan);
    }
    void link(const std::string& item)
    {
        commit(ann, plan_of(tagged(item, item + "@example.com", ann_user, "ann@contoso.example")));
    }
    std::vector<store::OwedWrite> due() { return run(write_backs.due(ann.mailbox)); }
    store::DueWork waiting() { return run(store::due_work(pool, ann.mailbox, Timestamp())); }
    void done(const store::OwedWrite& write, const char* version)
    {
        store::DoneWrite one;
        one.key = {write.item_id, write.generation};
        one.categories = {"Holiday", "CRM Tracked"};
        one.version = Version(version);
        one.state = StateCategory::tracked;
        const std::vector<store::DoneWrite> all{one};
        run(write_backs.done(ann, all));
    }
};

} // namespace

TEST_CASE("an owed write comes back as it was decided")
{
    Owing owing;
    owing.owe("a1", StateCategory::tracked);
    const auto due = owing.due();
    REQUIRE(due.size() == 1);
    CHECK(due[0].item_id == "a1");
    CHECK(due[0].desired.state == StateCategory::tracked);
    CHECK(due[0].desired.regarding == "CRM: Adventure Works");
    CHECK(due[0].desired.take_off == std::vector<std::string>{"Sender's \"own\"", "Ünïcödé"});
    CHECK(due[0].categories == std::vector<std::string>{"Holiday", "CRM Track"});
    CHECK(due[0].version == Version("v1"));
    CHECK(owing.waiting().owes);
    CHECK(owing.waiting().now);
}

TEST_CASE("a write that is done is owed no more, and the link knows it")
{
    Owing owing;
    owing.link("a1");
    owing.owe("a1", StateCategory::tracked);
    owing.done(owing.due().at(0), "v2");
    CHECK(owing.due().empty());
    CHECK_FALSE(owing.waiting().owes);
    CHECK_FALSE(owing.waiting().at);
    CHECK(owing.text("SELECT state FROM sync.write_back") == "done");
    CHECK(owing.text("SELECT category_seen || ' ' || version FROM sync.link") == "tracked v2");
}

TEST_CASE("a newer decision is not settled by the older write, and starts from what that wrote")
{
    Owing owing;
    owing.link("a1");
    owing.owe("a1", StateCategory::tracked);
    const store::OwedWrite older = owing.due().at(0);

    owing.owe("a1", StateCategory::review, "v1");
    owing.done(older, "v2");
    const auto due = owing.due();
    REQUIRE(due.size() == 1);
    CHECK(due[0].desired.state == StateCategory::review);
    CHECK(due[0].version == Version("v2"));
    CHECK(due[0].categories == std::vector<std::string>{"Holiday", "CRM Tracked"});
    CHECK(due[0].generation == older.generation + 1);
}

TEST_CASE("a write without an answer is due again")
{
    Owing owing;
    owing.owe("a1", StateCategory::tracked);
    const store::OwedWrite write = owing.due().at(0);
    const std::vector<store::OwedKey> keys{{write.item_id, write.generation}};
    owing.run(owing.write_backs.sent(owing.ann, keys));
    CHECK(owing.text("SELECT state FROM sync.write_back") == "sent");
    CHECK(owing.due().size() == 1);
}

TEST_CASE("after a conflict the write starts from what was read again")
{
    Owing owing;
    owing.owe("a1", StateCategory::tracked);
    const store::OwedWrite write = owing.due().at(0);
    store::RereadItem item;
    item.key = {write.item_id, write.generation};
    SECTION("read already")
    {
        item.version = Version("v7");
        item.categories = std::vector<std::string>{"Private"};
        const std::vector<store::RereadItem> items{item};
        owing.run(owing.write_backs.conflict(owing.ann, items));
        CHECK(owing.due().at(0).categories == std::vector<std::string>{"Private"});
        CHECK(owing.due().at(0).version == Version("v7"));
    }
    SECTION("to be read: what was seen before tells later what is new")
    {
        const std::vector<store::RereadItem> items{item};
        owing.run(owing.write_backs.conflict(owing.ann, items));
        CHECK(owing.due().at(0).categories == write.categories);
        CHECK(owing.due().at(0).version == Version());
    }
    CHECK(owing.due().at(0).attempts == 1);
    CHECK(owing.text("SELECT state FROM sync.write_back") == "conflict");
}

TEST_CASE("a write is put off, given up, or taken back by a newer decision")
{
    Owing owing;
    owing.owe("a1", StateCategory::tracked);
    store::OwedRetry retry;
    retry.key = {"a1", 1};
    retry.failure = "graph.unavailable";
    retry.at = *parse_timestamp("2999-01-01T00:00:00Z");
    const std::vector<store::OwedRetry> one{retry};
    owing.run(owing.write_backs.retry_later(owing.ann, one));
    CHECK(owing.due().empty());
    CHECK(owing.waiting().owes);
    CHECK_FALSE(owing.waiting().now);
    owing.run(owing.write_backs.give_up(owing.ann, one));
    CHECK(owing.text("SELECT state || ' ' || last_failure FROM sync.write_back") ==
          "given_up graph.unavailable");
    CHECK(owing.number("SELECT attempts::bigint FROM sync.write_back") == 2);
    owing.owe("a1", StateCategory::refused);
    CHECK(owing.due().size() == 1);
}

TEST_CASE("an answered item without a link leaves nothing behind")
{
    Owing owing;
    owing.owe("refused", StateCategory::refused);
    owing.done(owing.due().at(0), "v2");
    CHECK(owing.number("SELECT count(*) FROM sync.write_back") == 0);
}

TEST_CASE("an item that is gone is owed nothing, and its link says so")
{
    Owing owing;
    owing.link("a1");
    owing.owe("a1", StateCategory::tracked);
    const std::vector<std::string> items{"a1"};
    owing.run(owing.write_backs.gone(owing.ann, items));
    CHECK(owing.number("SELECT count(*) FROM sync.write_back") == 0);
    CHECK(owing.text("SELECT gone::text FROM sync.link") == "true");
    CHECK(owing.number("SELECT count(*) FROM crm.activity") == 1);
}

TEST_CASE("at most a batch is due at a time, the latest first")
{
    Owing owing;
    for (int i = 0; i < 25; ++i)
        owing.owe("a" + std::to_string(10 + i), StateCategory::tracked);
    const auto due = owing.due();
    REQUIRE(due.size() == 20);
    CHECK(due.front().item_id == "a34");
}
