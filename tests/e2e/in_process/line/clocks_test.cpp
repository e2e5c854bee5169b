#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// Our clock and the provider's are minutes apart.
struct Apart {
    Apart()
    {
        stage.world().set_clock_ahead(ahead);
        stage.settings.sync.poll_interval = std::chrono::seconds(60);
        mailbox = stage.mailbox(kim);
    }
    std::string tracked_by(const std::string& message)
    {
        return stage.one("SELECT tracked_by FROM sync.link JOIN crm.activity AS a ON a.id = "
                         "activity_id WHERE a.message_id = '" +
                         message + "@mail.example'");
    }

    const std::chrono::seconds ahead = GENERATE(std::chrono::minutes(-6), std::chrono::minutes(6));
    Stage stage;
    MailboxId mailbox;
};

} // namespace

TEST_CASE_METHOD(Apart, "an inbox rule's tag is told from a person's by the provider's clock alone")
{
    stage.start();
    stage.settle();
    const auto seen = stage.script().put(kim, "inbox", Letter("Seen").id("m1"));
    // Arrived and tagged since the last round; the other was seen without its tag.
    stage.script().put(kim, "inbox", Letter("Ruled").id("m2").tagged());
    stage.settle();
    stage.script().tag(kim, seen.id, "CRM Track");
    stage.settle();
    CHECK(tracked_by("m1") == "user");
    CHECK(tracked_by("m2") == "rule");
}

TEST_CASE_METHOD(Apart, "a tag in any of many folders is found within two polls")
{
    for (int i = 0; i < 60; ++i)
        stage.script().create_folder(kim, "inbox", "F" + std::to_string(i));
    stage.start();
    REQUIRE(
        stage.until([&] { return !stage.one("SELECT last_pass_at FROM sync.mailbox").empty(); }));
    stage.run_for(std::chrono::minutes(10)); // beyond what a folder stays dirty for
    const auto item = stage.script().put(kim, "inbox/F41", Letter("Offer").id("m1").tagged());
    stage.run_for(std::chrono::seconds(140));
    CHECK(stage.categories(item) == std::vector<std::string>{"CRM Tracked"});
}
