#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// A message that a person tagged, and the request for its body, which is under way.
struct UnderWay {
    UnderWay()
    {
        stage.privacy().races_expected = true;
        stage.mailbox(kim);
        item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").file("a.pdf", "pdf"));
        stage.start();
        stage.settle();
        stage.on_decision = [this](int, const Item&, const Decision& decision) {
            if (decision.outcome != Outcome::tracked)
                return;
            sim::Fault hold;
            hold.kind = sim::Fault::Kind::hold;
            hold.path = "/$batch";
            stage.script().fail(std::move(hold));
            stage.on_decision = nullptr;
        };
        stage.script().tag(kim, item.id, "CRM Track");
        REQUIRE(
            stage.until([&] { return stage.script().held() == 1; }, std::chrono::minutes(2), true));
    }
    void release()
    {
        stage.script().release();
        stage.settle();
    }
    int activities() { return stage.number("SELECT count(*) FROM store.activity"); }

    Stage stage;
    sim::ItemRef item;
};

} // namespace

TEST_CASE_METHOD(UnderWay, "a tag taken off while the body is under way leaves nothing behind")
{
    stage.script().untag(kim, item.id, "CRM Track");
    release();
    CHECK(activities() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
    CHECK(stage.categories(item) == Names{});
    CHECK(stage.privacy().raced() == 1);
    CHECK(stage.requests({"attachment.value", "attachment.get"}) == 0);
}

TEST_CASE_METHOD(UnderWay, "an edit while the body is under way has it decided and read again")
{
    stage.script().item(kim, item.id).subject = "Offer, corrected";
    stage.script().tag(kim, item.id, "Red");
    release();
    CHECK(stage.rows("SELECT subject FROM crm.activity") == Stage::Rows{"Offer, corrected"});
    CHECK(stage.categories(item) == Names{"Red", "CRM Tracked"});
    CHECK(stage.privacy().raced() == 1);
    CHECK(stage.requests({"attachment.value"}) == 1);
}

TEST_CASE_METHOD(UnderWay, "a message deleted while its body is under way is not stored")
{
    stage.script().remove(kim, item.id, true);
    release();
    CHECK(activities() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
    CHECK(stage.privacy().raced() == 0);
}

TEST_CASE("a message that changes whenever its body is asked for is put aside, and read later")
{
    Stage stage;
    stage.privacy().races_expected = true;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.start();
    stage.settle();
    bool restless = true;
    stage.on_decision = [&](int, const Item&, const Decision& decision) {
        if (restless && decision.outcome == Outcome::tracked)
            stage.script().mark_read(kim, item.id, !stage.script().item(kim, item.id).is_read);
    };
    stage.script().tag(kim, item.id, "CRM Track");
    REQUIRE(stage.until([&] { return stage.number("SELECT count(*) FROM sync.parked") == 1; },
                        std::chrono::minutes(2)));
    CHECK(stage.rows("SELECT reason FROM sync.parked") == Stage::Rows{"item.changing"});
    CHECK(stage.number("SELECT count(*) FROM store.activity") == 0);
    CHECK(stage.privacy().raced() >= 4);

    restless = false;
    stage.run_for(std::chrono::hours(1));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
}
