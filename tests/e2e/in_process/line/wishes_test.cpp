#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

constexpr const char* kim = "kim@contoso.example";

} // namespace

TEST_CASE("a message tagged by hand becomes an activity and says Tracked")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().deliver(Letter("Offer").id("m1")).back();
    stage.start();
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 0);

    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.rows(
              "SELECT concat_ws('|', subject, message_id, direction, kind) FROM crm.activity") ==
          Stage::Rows{"Offer|m1@mail.example|incoming|email"});
    CHECK(stage.rows("SELECT concat_ws('|', tracked_by, rule) FROM sync.link") ==
          Stage::Rows{"user|hand_tag"});
    CHECK(stage.privacy().justified() > 0);
}
