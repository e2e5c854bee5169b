#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Kim's mailbox at a running service; Ann is a contact.
struct Running {
    Running()
    {
        stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
        mailbox = stage.mailbox(kim);
        stage.start();
        stage.settle();
    }
    /// As `crmsync mailbox set` does.
    void choose(const std::string& key, std::optional<std::string> value)
    {
        store::Mailboxes mailboxes(stage.pool());
        const auto chosen = stage.go(mailboxes.choose(mailbox, key, std::move(value)));
        REQUIRE(chosen);
        stage.run_for(std::chrono::seconds(5));
    }
    int alive()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }

    Stage stage;
    MailboxId mailbox;
};

} // namespace

TEST_CASE_METHOD(Running, "a mode that is set counts at once, and taken away no more")
{
    stage.script().put(kim, "inbox", Letter("One").id("m1"));
    stage.settle();
    CHECK(alive() == 0);
    choose("mode", "contacts");
    stage.script().put(kim, "inbox", Letter("Two").id("m2"));
    stage.settle();
    CHECK(alive() == 1);
    choose("mode", std::nullopt);
    stage.script().put(kim, "inbox", Letter("Three").id("m3"));
    stage.settle();
    CHECK(alive() == 1);
}

TEST_CASE_METHOD(Running, "a ceiling that is lowered later wins over what a mailbox was told")
{
    choose("mode", "all");
    Settings lowered = stage.settings;
    lowered.tracking.ceiling_mode = "replies";
    stage.application().reload(lowered);
    stage.script().put(kim, "inbox", Letter("Two").id("m2"));
    stage.settle();
    CHECK(alive() == 0);
}

TEST_CASE_METHOD(Running,
                 "sent mail is left to wishes in the mailbox that is told so, and decided anew")
{
    choose("mode", "contacts");
    choose("sent_items", "false");
    const auto sent =
        stage.script().put(kim, "sentitems", Letter("Out").from(kim).to(ann).id("m1"));
    stage.settle();
    CHECK(alive() == 0);
    const std::string input = stage.one("SELECT encode(input_hmac, 'hex') FROM sync.decision");
    REQUIRE_FALSE(input.empty());
    choose("sent_items", std::nullopt);
    stage.resync(mailbox);
    stage.settle();
    CHECK(alive() == 1);
    CHECK(stage.one("SELECT encode(input_hmac, 'hex') FROM sync.decision") != input);
    CHECK(stage.categories(sent) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Running,
                 "a mailbox that is told to keep keeps the copy of what is untracked in it")
{
    const auto item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
    stage.settle();
    REQUIRE(alive() == 1);
    choose("on_untrack", "keep");
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(alive() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
}
