#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Later rounds leave out the extended properties: sensitivity, class and references of a message
/// are not in its row.
struct Reticent {
    Reticent()
    {
        stage.graph().switches.no_extended_in_later_rounds = true;
        stage.mailbox(kim, Mode::replies);
        stage.start();
        stage.settle();
    }

    Stage stage;
};

} // namespace

TEST_CASE_METHOD(Reticent, "a tag does not track a private message whose row leaves that unsaid")
{
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1").sensitivity(2));
    stage.settle();
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();

    CHECK(stage.categories(item) == Names{"CRM Refused"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 0);
    CHECK(stage.requests({"attachments.list", "attachment.value"}) == 0);
}

TEST_CASE_METHOD(Reticent, "a tag does not track a meeting request whose row leaves that unsaid")
{
    Letter request;
    request.id("m1");
    request.mail().message_class = "IPM.Schedule.Meeting.Request";
    const sim::ItemRef item = stage.script().put(kim, "inbox", request);
    stage.settle();
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();

    CHECK(stage.categories(item) == Names{"CRM Refused"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 0);
}

TEST_CASE_METHOD(Reticent,
                 "a reply is joined to its thread though its row leaves the parent unsaid")
{
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
    stage.settle();
    REQUIRE(stage.categories(first) == Names{"CRM Tracked"});
    const sim::ItemRef reply =
        stage.script().put(kim, "inbox", Letter("Another matter").id("m2").in_reply_to("m1"));
    stage.settle();

    CHECK(stage.categories(reply) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 2);
}
