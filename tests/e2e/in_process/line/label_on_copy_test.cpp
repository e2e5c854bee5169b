#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("a colleague who says what a shared copy is about has tagged it")
{
    Stage stage;
    stage.import("account", "external_id,name\nF1,Fabrikam\n");
    stage.mailbox(kim);
    const MailboxId lees = stage.mailbox(lee);
    stage.start();
    stage.settle();
    const Letter letter = Letter("Offer").id("m1").to(kim, lee);
    const sim::ItemRef kims = stage.script().put(kim, "inbox", letter);
    const sim::ItemRef copy = stage.script().put(lee, "inbox", letter);
    stage.settle();
    stage.script().tag(kim, kims.id, "CRM Track");
    stage.settle();
    stage.script().tag(lee, copy.id, "CRM: Fabrikam");
    stage.settle();
    CHECK(stage.one("SELECT tracked_by FROM sync.link WHERE mailbox_id = " +
                    std::to_string(lees.value)) == "user");
    CHECK(stage.one("SELECT owner_address FROM store.activity") == kim);

    stage.script().untag(kim, kims.id, "CRM Tracked");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 1);
    CHECK(stage.one("SELECT owner_address FROM store.activity") == lee);
    CHECK(stage.categories(copy) == std::vector<std::string>{"CRM Tracked", "CRM: Fabrikam"});
}
