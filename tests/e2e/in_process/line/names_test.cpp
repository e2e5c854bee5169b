#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

Settings::Tracking::Names german()
{
    Settings::Tracking::Names names;
    names.track_category = "CRM Ablegen";
    names.tracked_category = "CRM Abgelegt";
    names.review_category = "CRM Pr\u00fcfen";
    names.refused_category = "CRM Abgelehnt";
    names.failed_category = "CRM Fehler";
    names.regarding_prefix = "Zu:";
    return names;
}

struct Named {
    Stage stage;

    void rename(Settings::Tracking& tracking)
    {
        tracking.track_category = "File it";
        tracking.tracked_category = "Filed";
        tracking.regarding_prefix = "About:";
    }
    std::vector<sim::ItemRef> put(const char* address, int count, const Names& categories)
    {
        std::vector<sim::ItemRef> items;
        for (int i = 0; i < count; ++i) {
            const std::string name = "m" + std::to_string(i);
            Letter letter = Letter(name).id(name);
            for (const std::string& category : categories)
                letter.tagged(category);
            items.push_back(stage.script().put(address, "inbox", letter));
        }
        return items;
    }
    int carrying(const std::vector<sim::ItemRef>& items, const std::string& name)
    {
        return static_cast<int>(
            std::count_if(items.begin(), items.end(), [&](const sim::ItemRef& item) {
                const Names now = stage.categories(item);
                return std::count(now.begin(), now.end(), name) == 1;
            }));
    }
    int stored()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }
    bool listed(const char* address, const std::string& name)
    {
        const auto& list = stage.script().mailbox(address).categories();
        return std::any_of(list.begin(), list.end(),
                           [&](const sim::Category& one) { return one.display_name == name; });
    }
};

} // namespace

TEST_CASE_METHOD(Named, "after a change of names items are tagged anew, and nothing is untracked")
{
    stage.import("account", "external_id,name,domain\nF1,Fabrikam,\n");
    stage.mailbox(kim);
    stage.mailbox(lee, Mode::contacts);
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    const auto kims = put(kim, 300, {"Red", "CRM Track"});
    stage.start();
    stage.settle();
    const auto lees = put(lee, 5, {});
    stage.script().tag(kim, kims[0].id, "CRM: Fabrikam");
    stage.settle();
    REQUIRE(carrying(kims, "CRM Tracked") == 300);
    REQUIRE(carrying(lees, "CRM Tracked") == 5);

    rename(stage.settings.tracking);
    SECTION("by a restart")
    {
        stage.stop();
        stage.start();
    }
    SECTION("by a reload") { stage.application().reload(stage.settings); }
    SECTION("with the program killed in the middle")
    {
        stage.stop();
        stage.start();
        REQUIRE(stage.until([&] { return carrying(kims, "Filed") >= 50; }, std::chrono::minutes(10),
                            true));
        stage.crash();
        REQUIRE(carrying(kims, "Filed") < 300);
        stage.start();
    }
    stage.run_for(std::chrono::minutes(10));
    CHECK(carrying(kims, "Filed") == 300);
    CHECK(carrying(kims, "CRM Tracked") == 0);
    CHECK(carrying(lees, "Filed") == 5);
    CHECK(stage.categories(kims[0]) == Names{"Red", "Filed", "About: Fabrikam"});
    CHECK(stage.categories(kims[1]) == Names{"Red", "Filed"});
    CHECK(stored() == 300);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.pin") == 0);
    CHECK(stage.number("SELECT count(*) FROM store.activity WHERE regarding_by_person") == 1);
    CHECK(listed(kim, "Filed"));
    CHECK_FALSE(listed(kim, "CRM Tracked"));
    CHECK(listed(kim, "CRM Refused")); // has the name it had

    // And it costs nothing from then on.
    const int requests = stage.requests({"message.get", "message.patch"});
    stage.settle();
    CHECK(stage.requests({"message.get", "message.patch"}) == requests);
}

TEST_CASE_METHOD(Named, "old names stay wishes, answers and untracks after a change")
{
    stage.mailbox(kim);
    const auto items = put(kim, 2, {"CRM Track"});
    const auto untouched = stage.script().put(kim, "inbox", Letter("late").id("late"));
    stage.start();
    stage.settle();
    stage.stop();
    rename(stage.settings.tracking);
    stage.start();
    stage.settle();
    stage.script().tag(kim, untouched.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(untouched) == Names{"Filed"});
    CHECK(stored() == 3);
    stage.script().untag(kim, items[0].id, "Filed");
    stage.settle();
    CHECK(stored() == 2);
}

TEST_CASE_METHOD(Named, "what a person takes off while names change is untracked")
{
    stage.mailbox(kim);
    const auto items = put(kim, 3, {"CRM Track"});
    stage.start();
    stage.settle();
    stage.stop();
    rename(stage.settings.tracking);
    stage.script().untag(kim, items[0].id, "CRM Tracked");
    stage.start();
    stage.run_for(std::chrono::minutes(5));
    CHECK(stage.categories(items[0]).empty());
    CHECK(stored() == 2);
    CHECK(carrying(items, "Filed") == 2);
}

TEST_CASE_METHOD(Named,
                 "what was refused says so by the new name, and what nobody remembers is left")
{
    stage.settings.tracking.ceiling_mode = "manual";
    stage.mailbox(kim);
    const auto orphan =
        stage.script().put(kim, "inbox", Letter("old").id("old").tagged("CRM Refused"));
    stage.start();
    stage.settle();
    const auto refused = put(kim, 250, {"CRM Track", "Red"});
    stage.settle();
    REQUIRE(carrying(refused, "CRM Refused") == 250);
    REQUIRE(stored() == 0);

    stage.stop();
    stage.settings.tracking.refused_category = "Not for us";
    stage.start();
    stage.run_for(std::chrono::minutes(10));
    CHECK(carrying(refused, "Not for us") == 250);
    CHECK(stage.categories(refused[0]) == Names{"Red", "Not for us"});
    CHECK(stage.categories(orphan) == Names{"CRM Refused"});
    CHECK_FALSE(listed(kim, "CRM Refused"));
    CHECK(stage.number("SELECT count(*) FROM sync.write_back") == 0);

    const int requests = stage.requests({"messages.list", "message.get", "message.patch"});
    stage.settle();
    CHECK(stage.requests({"messages.list", "message.get", "message.patch"}) == requests);
}

TEST_CASE_METHOD(Named, "a name that a person had put into the list before stays there")
{
    stage.mailbox(kim);
    stage.script().mailbox(kim).categories().push_back({"own", "CRM Tracked", "preset3"});
    put(kim, 1, {"CRM Track"});
    stage.start();
    stage.settle();
    stage.stop();
    rename(stage.settings.tracking);
    stage.start();
    stage.run_for(std::chrono::minutes(5));
    CHECK(listed(kim, "CRM Tracked"));
    CHECK_FALSE(listed(kim, "CRM Track"));
    CHECK(listed(kim, "Filed"));
}

TEST_CASE_METHOD(Named, "each mailbox is spoken to in its language, and understands them all")
{
    stage.settings.tracking.names["de"] = german();
    stage.mailbox(kim);
    stage.language = "de-AT";
    stage.mailbox(lee);
    const auto english = put(kim, 1, {});
    const auto lees = put(lee, 2, {});
    stage.start();
    stage.settle();
    CHECK(listed(lee, "CRM Abgelegt"));
    CHECK_FALSE(listed(lee, "CRM Tracked"));
    CHECK(listed(kim, "CRM Tracked"));
    CHECK_FALSE(listed(kim, "CRM Abgelegt"));
    CHECK(stage.rows("SELECT language FROM sync.mailbox ORDER BY address") ==
          Stage::Rows{"en-US", "de-AT"});

    stage.script().tag(lee, lees[0].id, "CRM Track"); // typed in English
    stage.script().tag(lee, lees[1].id, "CRM Ablegen");
    stage.script().tag(kim, english[0].id, "crm ablegen");
    stage.settle();
    CHECK(stage.categories(lees[0]) == Names{"CRM Abgelegt"});
    CHECK(stage.categories(lees[1]) == Names{"CRM Abgelegt"});
    CHECK(stage.categories(english[0]) == Names{"CRM Tracked"});
    const int asked = stage.requests({"mailboxSettings.get"});
    CHECK(asked == 2);
    stage.run_for(std::chrono::minutes(30));
    CHECK(stage.requests({"mailboxSettings.get"}) == asked);
}

TEST_CASE_METHOD(Named, "a language that comes later is put on what is there")
{
    stage.language = "de-DE";
    stage.mailbox(lee);
    const auto items = put(lee, 3, {"CRM Track"});
    stage.start();
    stage.settle();
    REQUIRE(carrying(items, "CRM Tracked") == 3);
    CHECK(stage.requests({"mailboxSettings.get"}) == 0); // nobody needs to know
    stage.stop();
    stage.settings.tracking.names["de"] = german();
    stage.start();
    stage.run_for(std::chrono::minutes(5));
    CHECK(carrying(items, "CRM Abgelegt") == 3);
    CHECK(carrying(items, "CRM Tracked") == 0);
    CHECK_FALSE(listed(lee, "CRM Tracked"));
    CHECK(stored() == 3);
}

TEST_CASE_METHOD(Named, "a provider that does not tell the language is spoken to by the main names")
{
    stage.settings.tracking.names["de"] = german();
    sim::Fault silent;
    silent.method = "GET";
    silent.path = "mailboxSettings";
    silent.count = -1;
    silent.status = 404;
    silent.code = "ErrorItemNotFound";
    stage.script().fail(silent);
    stage.mailbox(lee);
    const auto items = put(lee, 1, {"CRM Track"});
    stage.start();
    stage.settle();
    CHECK(carrying(items, "CRM Tracked") == 1);
}

TEST_CASE_METHOD(Named,
                 "a provider that is silent about a language it told before changes no names")
{
    stage.settings.tracking.names["de"] = german();
    stage.language = "de-DE";
    stage.mailbox(lee);
    const auto items = put(lee, 1, {"CRM Track"});
    stage.start();
    stage.settle();
    REQUIRE(carrying(items, "CRM Abgelegt") == 1);
    stage.stop();
    stage.execute("UPDATE sync.mailbox SET language_at = language_at - interval '3 days'");
    sim::Fault silent;
    silent.method = "GET";
    silent.path = "mailboxSettings";
    silent.count = -1;
    SECTION("for now")
    {
        silent.status = 503;
        silent.code = "serviceNotAvailable";
    }
    SECTION("for good")
    {
        silent.status = 403;
        silent.code = "ErrorAccessDenied";
    }
    stage.script().fail(silent);
    const int written = stage.requests({"message.patch"});
    stage.start();
    stage.run_for(std::chrono::minutes(5));
    CHECK(stage.requests({"message.patch"}) == written);
    CHECK(carrying(items, "CRM Abgelegt") == 1);
    CHECK(stage.one("SELECT language FROM sync.mailbox") == "de-DE");
}

TEST_CASE_METHOD(Named, "a category that is deleted from the list is there again within a day",
                 "[slow]")
{
    stage.settings.sync.poll_interval = std::chrono::minutes(30);
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    REQUIRE(listed(kim, "CRM Track"));
    std::erase_if(stage.script().mailbox(kim).categories(), [](const sim::Category& category) {
        return category.display_name == "CRM Track";
    });
    stage.run_for(std::chrono::hours(25));
    CHECK(listed(kim, "CRM Track"));
}
