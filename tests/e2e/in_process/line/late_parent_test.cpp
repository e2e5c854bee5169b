#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// A thread of three in kim's mailbox: m1, its answer m2, and the answer m3 to that.
struct Thread {
    explicit Thread(Stage& stage) : stage_(stage) {}

    void put_answers(const std::string& mailbox)
    {
        answer =
            stage_.script().put(mailbox, "inbox", Letter("Re: Offer").id("m2").in_reply_to("m1"));
        answer_to_that = stage_.script().put(mailbox, "inbox",
                                             Letter("Re: Re: Offer").id("m3").in_reply_to("m2"));
    }
    sim::ItemRef answer, answer_to_that;

private:
    Stage& stage_;
};

} // namespace

TEST_CASE("a message tagged after its answers came takes them along, and theirs")
{
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    Thread thread(stage);
    thread.put_answers(kim);
    const sim::ItemRef other =
        stage.script().put(kim, "inbox", Letter("Re: Offer").id("m4").in_reply_to("m0"));
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM crm.activity") == 0);

    stage.script().tag(kim, first.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(thread.answer) == Names{"CRM Tracked"});
    CHECK(stage.categories(thread.answer_to_that) == Names{"CRM Tracked"});
    CHECK(stage.categories(other) == Names{});
    CHECK(stage.number("SELECT count(*) FROM sync.reply_search") == 0);
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 3);
}

TEST_CASE(
    "on a first load the answers in Inbox to what was sent are found, whatever was read first")
{
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    Thread thread(stage);
    thread.put_answers(kim);
    const sim::ItemRef sent =
        stage.script().put(kim, "sentitems", Letter("Offer").id("m1").from(kim).to(ann).tagged());
    stage.start();
    stage.settle();
    CHECK(stage.categories(sent) == Names{"CRM Tracked"});
    CHECK(stage.categories(thread.answer) == Names{"CRM Tracked"});
    CHECK(stage.categories(thread.answer_to_that) == Names{"CRM Tracked"});
}

TEST_CASE("a message tagged in one mailbox takes its answers in others along, each by its own mode")
{
    Stage stage;
    stage.mailbox(kim, Mode::manual);
    stage.mailbox(lee, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    Thread lees(stage), kims(stage);
    lees.put_answers(lee);
    kims.put_answers(kim);
    stage.settle();
    stage.script().tag(kim, first.id, "CRM Track");
    stage.run_for(std::chrono::seconds(90));
    CHECK(stage.categories(lees.answer) == Names{"CRM Tracked"});
    CHECK(stage.categories(lees.answer_to_that) == Names{"CRM Tracked"});
    CHECK(stage.categories(kims.answer) == Names{});
    CHECK(stage.number("SELECT count(*) FROM sync.reply_search") == 0);
}
