#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// What its sender would have tracked.
Letter forward_of_me(const std::string& name, const std::string& category)
{
    return Letter(name).id(name).header("Keywords", category).tagged(category);
}

int stored(Stage& stage) { return stage.number("SELECT count(*) FROM crm.activity"); }

} // namespace

TEST_CASE("on a first pass a sender's Keywords are no hand tag, searched for or not")
{
    Stage stage;
    stage.mailbox(kim);
    const Timestamp before = stage.now() - std::chrono::hours(48);
    const sim::ItemRef senders =
        stage.script().put(kim, "inbox", forward_of_me("m1", "CRM Track").at(before));
    const sim::ItemRef users =
        stage.script().put(kim, "inbox", Letter("m2").id("m2").tagged().at(before));
    SECTION("tagged ones are searched for") {}
    SECTION("the mailbox refuses such a search")
    {
        sim::Fault refused;
        refused.method = "GET";
        refused.path = "categories/any";
        refused.count = -1;
        refused.status = 400;
        refused.code = "ErrorInvalidUrlQueryFilter";
        stage.script().fail(refused);
    }
    stage.start();
    stage.settle();
    CHECK(stored(stage) == 1);
    CHECK(stage.categories(senders).empty());
    CHECK(stage.categories(users) == std::vector<std::string>{"CRM Tracked"});
}

TEST_CASE("a sender's Keywords on internal mail are taken off, not refused")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const sim::ItemRef item =
        stage.script().put(kim, "inbox", forward_of_me("m1", "CRM Track").from(lee));
    stage.settle();
    CHECK(stored(stage) == 0);
    CHECK(stage.categories(item).empty());
}

TEST_CASE("rights-managed mail of ordinary class is kept out by its headers")
{
    Stage stage;
    stage.mailbox(kim, Mode::all);
    stage.start();
    stage.settle();
    stage.script().put(kim, "inbox",
                       Letter("m1").id("m1").header("Content-Class", "rpmsg.message"));
    const sim::ItemRef tagged =
        stage.script().put(kim, "inbox",
                           Letter("m2").id("m2").tagged().header(
                               "Content-Type", "multipart/encrypted; protocol=\"x\""));
    stage.script().put(kim, "inbox",
                       Letter("m3").id("m3").header(
                           "Content-Type", "application/pkcs7-mime; smime-type=signed-data"));
    stage.settle();
    CHECK(stored(stage) == 1);
    CHECK(stage.categories(tagged) == std::vector<std::string>{"CRM Refused"});
}

TEST_CASE("a sender's CRM Tracked links no further copy past the gates")
{
    Stage stage;
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.settings.tracking.show_shared = false;
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("m1").id("m1").to(kim, lee));
    stage.settle();
    stage.script().tag(kim, first.id, "CRM Track");
    stage.settle();
    CHECK(stored(stage) == 1);
    const sim::ItemRef late =
        stage.script().put(lee, "inbox", forward_of_me("m1", "CRM Tracked").to(kim, lee));
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(stage.categories(late).empty());
}
