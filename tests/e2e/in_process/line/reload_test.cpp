#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Reloaded {
    Reloaded()
    {
        stage.mailbox(kim);
        stage.start();
        stage.settle();
    }
    void reload() { stage.application().reload(stage.settings); }

    Stage stage;
};

} // namespace

TEST_CASE_METHOD(Reloaded, "a type and a size of attachments are refused from the reload on")
{
    const auto arrive = [&](const std::string& name) {
        stage.script().put(kim, "inbox",
                           Letter(name)
                               .id(name)
                               .tagged()
                               .file(name + ".zip", "PK")
                               .file(name + ".pdf", std::string(2'000, 'a')));
        stage.settle();
    };
    arrive("before");
    stage.settings.attachments.blocked_types = {"zip"};
    stage.settings.attachments.max_bytes = 1'000;
    stage.settings.attachments.max_body_bytes = 4;
    reload();
    arrive("later");
    CHECK(stage.rows(
              "SELECT concat_ws('|', name, status, reason) FROM crm.attachment ORDER BY name") ==
          Stage::Rows{"before.pdf|stored", "before.zip|stored", "later.pdf|skipped|size",
                      "later.zip|skipped|type"});
    CHECK(stage.rows("SELECT subject || '|' || body_truncated FROM crm.activity ORDER BY 1") ==
          Stage::Rows{"before|false", "later|true"});
}

TEST_CASE_METHOD(Reloaded, "decisions are kept for as many days as the reload says")
{
    stage.script().put(kim, "inbox", Letter().id("m1"));
    stage.settle();
    const auto decisions = [&] { return stage.number("SELECT count(*) FROM sync.decision"); };
    stage.execute("UPDATE sync.decision SET decided_at = decided_at - interval '3 days'");
    stage.run_for(std::chrono::minutes(11));
    REQUIRE(decisions() == 1);
    stage.settings.privacy.decision_days = 2;
    reload();
    stage.run_for(std::chrono::minutes(11));
    CHECK(decisions() == 0);
}
