#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// A German mailbox in which rules track everything.
struct TracksAll {
    TracksAll()
    {
        stage.language = "de";
        stage.mailbox(kim, Mode::all);
    }
    Stage::Rows tracked()
    {
        return stage.rows("SELECT subject FROM crm.activity WHERE deleted_at IS NULL ORDER BY 1");
    }
    std::string refused_by()
    {
        return stage.one("SELECT string_agg(DISTINCT rule, ',') FROM sync.decision "
                         "WHERE outcome = 'refused'");
    }
    void begin()
    {
        stage.start();
        stage.settle();
    }

    Stage stage;
};

} // namespace

TEST_CASE_METHOD(TracksAll, "junk, deleted mail and old conversations are not for rules")
{
    begin();
    for (const char* folder : {"inbox", "junkemail", "deleteditems"})
        stage.script().put(kim, folder, Letter(folder).id(folder));
    stage.settle();
    CHECK(tracked() == Stage::Rows{"inbox"});
    CHECK(refused_by() == "gate_folder");
}

TEST_CASE_METHOD(TracksAll, "a person's tag tracks a message in a folder on the never-list")
{
    begin();
    const auto item = stage.script().put(kim, "junkemail", Letter("Offer").id("m1"));
    stage.settle();
    REQUIRE(tracked().empty());
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(tracked() == Stage::Rows{"Offer"});
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(TracksAll, "an inbox rule's tag in a folder on the never-list is refused")
{
    begin();
    const auto item = stage.script().put(kim, "junkemail", Letter("Offer").id("m1").tagged());
    stage.settle();
    CHECK(tracked().empty());
    CHECK(stage.categories(item) == Names{"CRM Refused"});
}

TEST_CASE_METHOD(TracksAll, "spam that is moved back to the inbox is tracked")
{
    begin();
    const auto item = stage.script().put(kim, "junkemail", Letter("Offer").id("m1"));
    stage.settle();
    REQUIRE(tracked().empty());
    stage.script().move(kim, item.id, "inbox");
    stage.settle();
    CHECK(tracked() == Stage::Rows{"Offer"});
}

TEST_CASE_METHOD(TracksAll,
                 "what rules would track by now is not tracked on its way to a listed folder")
{
    stage.settings.tracking.ceiling_mode = "manual";
    begin();
    const auto item = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.settle();
    REQUIRE(tracked().empty());

    stage.settings.tracking.ceiling_mode = "all";
    stage.application().reload(stage.settings);
    SECTION("deleted") { stage.script().move(kim, item.id, "deleteditems"); }
    SECTION("found to be junk") { stage.script().move(kim, item.id, "junkemail"); }
    stage.settle();
    CHECK(tracked().empty());
    CHECK(stage.number("SELECT count(*) FROM store.activity") == 0);
    CHECK(refused_by() == "gate_folder");
}

TEST_CASE_METHOD(TracksAll,
                 "a message moved away between its list row and its headers is decided where it is")
{
    begin();
    const char* const folder = GENERATE("junkemail", "deleteditems");
    sim::ItemRef item;
    stage.on_decision = [&](int, const Item&, const Decision& decision) {
        if (!decision.needs_header_look)
            return;
        stage.script().move(kim, item.id, folder);
        stage.on_decision = nullptr;
    };
    item = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.settle();
    CHECK_FALSE(stage.on_decision);
    CHECK(stage.number("SELECT count(*) FROM store.activity") == 0);
    CHECK(stage.categories(item).empty());
    CHECK(refused_by() == "gate_folder");
}

TEST_CASE_METHOD(TracksAll, "a path closes its folder and those below, after a reload")
{
    stage.script().create_folder(kim, "inbox", "Privat");
    stage.script().create_folder(kim, "inbox/Privat", "Familie");
    begin();
    stage.script().put(kim, "inbox/Privat", Letter("before").id("m1"));
    stage.settle();
    REQUIRE(tracked() == Stage::Rows{"before"});

    stage.settings.privacy.never_folders = {"posteingang/PRIVAT"};
    stage.application().reload(stage.settings);
    stage.script().put(kim, "inbox/Privat", Letter("later").id("m2"));
    stage.script().put(kim, "inbox/Privat/Familie", Letter("below").id("m3"));
    stage.script().put(kim, "junkemail", Letter("junk").id("m4"));
    stage.settle();
    CHECK(tracked() == Stage::Rows{"before", "junk"});
}

TEST_CASE_METHOD(TracksAll,
                 "a folder that is renamed or moved to a listed place counts from then on")
{
    stage.settings.privacy.never_folders = {"deleteditems", "Inbox/Private"};
    stage.script().create_folder(kim, "inbox", "Work");
    begin();
    stage.script().put(kim, "inbox/Work", Letter("before").id("m1"));
    stage.settle();
    SECTION("renamed")
    {
        stage.script().rename_folder(kim, "inbox/Work", "private");
        stage.script().put(kim, "inbox/private", Letter("later").id("m2"));
    }
    SECTION("moved")
    {
        stage.script().move_folder(kim, "inbox/Work", "deleteditems");
        stage.script().put(kim, "deleteditems/Work", Letter("later").id("m2"));
    }
    stage.settle();
    CHECK(tracked() == Stage::Rows{"before"});
    CHECK(refused_by() == "gate_folder");
}

TEST_CASE_METHOD(TracksAll,
                 "while it is not known which folder is the junk folder rules track nothing")
{
    sim::Fault fault;
    fault.method = "GET";
    fault.path = "/mailFolders/junkemail";
    fault.status = 400;
    fault.code = "ErrorInvalidIdMalformed";
    fault.count = -1;
    stage.script().fail(fault);
    stage.script().create_folder(kim, "inbox", "Projekte");
    const auto tagged = stage.script().put(
        kim, "inbox/Projekte",
        Letter("tagged").id("m2").at(stage.now() - std::chrono::days(1)).tagged());
    begin();
    stage.script().put(kim, "inbox/Projekte", Letter("new").id("m1"));
    stage.settle();
    CHECK(tracked() == Stage::Rows{"tagged"});
    CHECK(stage.categories(tagged) == Names{"CRM Tracked"});
    CHECK(refused_by() == "gate_folder");
}
