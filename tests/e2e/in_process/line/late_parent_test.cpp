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

/// The next batch of bodies waits until it is released.
void hold_bodies(Stage& stage)
{
    stage.on_decision = [&](int, const Item&, const Decision& decision) {
        if (decision.outcome != Outcome::tracked)
            return;
        sim::Fault hold;
        hold.kind = sim::Fault::Kind::hold;
        hold.path = "/$batch";
        stage.script().fail(std::move(hold));
        stage.on_decision = nullptr;
    };
}

std::string about(Stage& stage, const std::string& message)
{
    return stage.one("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r ON r.id = "
                     "a.regarding_id WHERE a.message_id = '" +
                     message + "@mail.example'");
}

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
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 3);
}

TEST_CASE(
    "answers that came while their parent was untracked are taken along when it is tagged again")
{
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    stage.mailbox(lee, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.settle();
    stage.script().tag(kim, first.id, "CRM Track");
    stage.settle();
    stage.script().untag(kim, first.id, "CRM Tracked");
    stage.settle();
    Thread kims(stage), lees(stage);
    kims.put_answers(kim);
    lees.put_answers(lee);
    stage.settle();
    REQUIRE(stage.categories(kims.answer) == Names{});

    stage.script().tag(kim, first.id, "CRM Track");
    stage.settle();
    for (const Thread& thread : {kims, lees}) {
        CHECK(stage.categories(thread.answer) == Names{"CRM Tracked"});
        CHECK(stage.categories(thread.answer_to_that) == Names{"CRM Tracked"});
    }
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
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
    stage.settings.tracking.show_shared = false;
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
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
}

TEST_CASE("what is stored while its answer is being decided in another mailbox takes it along")
{
    Stage stage;
    const MailboxId kims = stage.mailbox(kim);
    stage.mailbox(lee, Mode::replies);
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.start();
    stage.settle();
    hold_bodies(stage);
    const sim::ItemRef answer =
        stage.script().put(lee, "inbox", Letter("Re: Offer").id("m2").in_reply_to("m1"));
    stage.script().put(lee, "inbox", Letter("Something else").id("m5").tagged());
    REQUIRE(stage.until([&] { return stage.script().held() == 1; }, std::chrono::minutes(2), true));
    stage.script().tag(kim, first.id, "CRM Track");
    stage.wake(kims);
    REQUIRE(stage.until([&] { return stage.number("SELECT count(*) FROM crm.activity") == 1; },
                        std::chrono::minutes(2), true));

    stage.script().release();
    stage.settle();
    CHECK(stage.categories(answer) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
}

TEST_CASE("an answer is known by any message of its References, without an In-Reply-To as well")
{
    const bool parent_first = GENERATE(true, false);
    INFO((parent_first ? "the parent was tracked before" : "the parent is tracked later"));
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.settle();
    if (parent_first) {
        stage.script().tag(kim, first.id, "CRM Track");
        stage.settle();
    }
    Letter far("Re: Offer"), near("Re: Offer"), other("Re: Offer");
    far.id("m3").mail().references = "<m1@mail.example> <m2@elsewhere.example>";
    near.id("m4").mail().references = "<m0@elsewhere.example>\r\n <m1@mail.example>";
    other.id("m5").mail().references = "<m0@elsewhere.example>";
    const sim::ItemRef far_answer = stage.script().put(kim, "inbox", far);
    const sim::ItemRef near_answer = stage.script().put(kim, "inbox", near);
    const sim::ItemRef no_answer = stage.script().put(kim, "inbox", other);
    stage.settle();
    if (!parent_first) {
        stage.script().tag(kim, first.id, "CRM Track");
        stage.settle();
    }
    CHECK(stage.categories(far_answer) == Names{"CRM Tracked"});
    CHECK(stage.categories(near_answer) == Names{"CRM Tracked"});
    CHECK(stage.categories(no_answer) == Names{});
}

TEST_CASE("an answer is found though its In-Reply-To says more than the id")
{
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    Letter letter("Re: Offer");
    letter.id("m2").mail().in_reply_to =
        "<m1@mail.example> (Ann's message of \"Wed, 20 Nov 2013 10:11:12 +0100\")";
    const sim::ItemRef answer = stage.script().put(kim, "inbox", letter);
    stage.settle();
    stage.script().tag(kim, first.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(answer) == Names{"CRM Tracked"});
}

TEST_CASE(
    "where a mailbox does not search for a part of a header, answers to the id alone are found")
{
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    const sim::ItemRef answer =
        stage.script().put(kim, "inbox", Letter("Re: Offer").id("m2").in_reply_to("m1"));
    stage.settle();
    sim::Fault fault;
    fault.path = "contains(";
    fault.status = 400;
    fault.code = "InefficientFilter";
    fault.count = -1;
    stage.script().fail(std::move(fault));
    stage.script().tag(kim, first.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(answer) == Names{"CRM Tracked"});
}

TEST_CASE("an answer that is being stored while its parent's thread becomes known follows it")
{
    // m3 answers m2, m2 answers m1: that is about Ann, and they are about whatever it is about.
    Stage stage;
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    const MailboxId kims = stage.mailbox(kim);
    const MailboxId lees = stage.mailbox(lee);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    const Letter answer = Letter("Re: Offer").from("bo@blue.example").in_reply_to("m1").id("m2");
    const sim::ItemRef second = stage.script().put(kim, "inbox", answer);
    const Letter last = Letter("Re: Re: Offer").from("bo@blue.example").in_reply_to("m2").id("m3");
    const sim::ItemRef third = stage.script().put(lee, "inbox", last);
    stage.settle();
    stage.script().tag(kim, second.id, "CRM Track");
    stage.settle();
    REQUIRE(about(stage, "m2").empty());

    hold_bodies(stage);
    stage.script().tag(lee, third.id, "CRM Track");
    stage.wake(lees);
    REQUIRE(stage.until([&] { return stage.script().held() == 1; }, std::chrono::minutes(2), true));
    stage.script().tag(kim, first.id, "CRM Track");
    stage.wake(kims);
    REQUIRE(
        stage.until([&] { return about(stage, "m2") == "Ann"; }, std::chrono::minutes(2), true));

    stage.script().release();
    stage.settle();
    CHECK(about(stage, "m3") == "Ann");
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
}

TEST_CASE("what a person says of a message its answers follow, but for what a person said of them")
{
    Stage stage;
    stage.import("contact", "external_id,name,email\nC1,Bo,bo@blue.example\n");
    stage.import("account", "external_id,name\nA1,Adventure Works\nA2,Blue Yonder\n");
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.start();
    stage.settle();
    const auto minute = [at = stage.now()](int n) { return at + std::chrono::minutes(n - 60); };
    const sim::ItemRef first =
        stage.script().put(kim, "inbox", Letter("Offer").id("m1").at(minute(1)).tagged());
    // By an address of its own, by nothing, by the thread, and by a person.
    const Letter answer = Letter("Re: Offer").in_reply_to("m1").at(minute(2));
    stage.script().put(kim, "inbox", Letter(answer).from("bo@blue.example").id("m2").tagged());
    stage.script().put(lee, "inbox", Letter(answer).id("m3").tagged());
    stage.script().put(lee, "inbox",
                       Letter("Re: Re: Offer").in_reply_to("m3").id("m4").at(minute(3)).tagged());
    stage.script().put(lee, "inbox", Letter(answer).id("m5").tagged("CRM: Blue Yonder"));
    stage.settle();
    REQUIRE(about(stage, "m2") == "Bo");
    REQUIRE(about(stage, "m4").empty());

    const auto expect = [&](const std::string& record) {
        for (const char* message : {"m1", "m2", "m3", "m4"}) {
            INFO(message);
            CHECK(about(stage, message) == record);
        }
        CHECK(about(stage, "m5") == "Blue Yonder");
        CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 0);
    };
    stage.script().tag(kim, first.id, "CRM: Adventure Works");
    stage.settle();
    expect("Adventure Works");
    stage.script().untag(kim, first.id, "CRM: Adventure Works");
    stage.script().tag(kim, first.id, "CRM: Blue Yonder");
    stage.settle();
    expect("Blue Yonder");
}
