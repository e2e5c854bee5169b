#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("a deleted message that the service knows nothing of is not asked for")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const auto put = [&](const char* name, std::chrono::days age) {
        return stage.script().put(kim, "inbox", Letter(name).id(name).at(stage.now() - age));
    };
    const sim::ItemRef old = put("old", std::chrono::days(stage.settings.sync.history_days + 1));
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM sync.decision") == 0);
    const auto rounds = [&] { return stage.requests({"messages.delta", "folders.delta"}); };
    const int read = rounds();
    const int others = stage.requests() - read;
    stage.script().remove(kim, old.id, true);
    stage.settle();
    CHECK(rounds() > read);
    CHECK(stage.requests() - rounds() == others);

    // Of one that left a decision the removal is not believed before a look.
    const sim::ItemRef young = put("young", std::chrono::days(1));
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM sync.decision") == 1);
    const int looks = stage.requests({"message.get"});
    stage.script().remove(kim, young.id, true);
    stage.settle();
    CHECK(stage.requests({"message.get"}) == looks + 1);
}
