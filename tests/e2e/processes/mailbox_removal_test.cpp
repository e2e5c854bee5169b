#include "e2e/processes/command_lines.hpp"
#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <csignal>

using namespace crmsync::test;

namespace {

constexpr const char* ann = "ann@contoso.example";

json::object mail(const std::string& subject, json::array categories, json::object more = {})
{
    more["subject"] = subject;
    more["message_id"] = "<" + subject + "@mail.example>";
    more["categories"] = std::move(categories);
    return more;
}

/// A mailbox with 120 tracked messages, a refused one, one with other people's categories, and a
/// draft that is to be tracked once it is sent.
struct Followed {
    Followed()
    {
        stage.mailbox(ann);
        for (int i = 0; i < 120; ++i)
            stage.deliver(ann, mail("m" + std::to_string(i), {"CRM Track"}));
        stage.deliver(ann, mail("both", {"Red", "CRM Track", "Project X"}));
        stage.deliver(ann, mail("private", {"CRM Track"}, {{"sensitivity", 2}}));
        auto daemon = stage.serve();
        stage.wait_for("all are answered", [&] {
            return stage.categories(ann, "both") == "CRM Tracked,Project X,Red" &&
                   stage.categories(ann, "private") == "CRM Refused" &&
                   stage.number("SELECT count(*) FROM sync.link WHERE category_seen = 'tracked'") ==
                       121;
        });
        daemon->signal(SIGTERM);
        daemon->wait();
        activities = stage.text("SELECT string_agg(id::text, ',' ORDER BY id) FROM crm.activity");
    }
    int carrying_ours()
    {
        int count = 0;
        const json::value dump = stage.sim("dump", {{"mailbox", ann}});
        for (const json::value& item : dump.at("items").as_array())
            for (const json::value& category : item.at("categories").as_array())
                if (category.as_string().starts_with("CRM"))
                    ++count;
        return count;
    }

    Stage stage;
    std::string activities;
};

} // namespace

TEST_CASE_METHOD(Followed, "a mailbox is removed with our categories, and nobody else's")
{
    const Outcome removed = stage.crmsync({"mailbox", "remove", ann, "--clear-categories"});
    CAPTURE(removed.out, removed.err);
    CHECK(removed.code == 0);
    CHECK_THAT(removed.out, Catch::Contains("categories taken off 122 items") &&
                                Catch::Contains("removed " + std::string(ann) + ": 121 links"));
    CHECK(carrying_ours() == 0);
    CHECK(stage.categories(ann, "both") == "Project X,Red");
    CHECK(stage.number("SELECT count(*) FROM sync.mailbox") == 0);
    CHECK(stage.text("SELECT string_agg(id::text, ',' ORDER BY id) FROM crm.activity") ==
          activities);

    // Added again it is linked by identity, and shows so.
    stage.crmsync({"mailbox", "add", ann, "--provider", "contoso"});
    stage.crmsync({"mailbox", "enable", ann});
    auto daemon = stage.serve();
    stage.wait_for("its links", [&] {
        return stage.number("SELECT count(*) FROM sync.link WHERE category_seen = 'tracked'") ==
               121;
    });
    CHECK(stage.categories(ann, "both") == "CRM Tracked,Project X,Red");
    stage.deliver(ann, mail("later", {"CRM Track"}));
    stage.wait_for("the later one",
                   [&] { return stage.categories(ann, "later") == "CRM Tracked"; });
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 122);
}

TEST_CASE_METHOD(Followed,
                 "a removal that is interrupted leaves the mailbox, and does the rest later")
{
    // The 60th write is not let through, and nothing after it.
    stage.sim("fail", {{"path", "/messages/"},
                       {"method", "PATCH"},
                       {"after", 60},
                       {"count", -1},
                       {"status", 403},
                       {"code", "ErrorAccessDenied"}});
    const Outcome failed = stage.crmsync({"mailbox", "remove", ann, "--clear-categories"});
    CAPTURE(failed.out, failed.err);
    CHECK(failed.code == 1);
    CHECK(is_one_line(failed.err));
    CHECK(stage.text("SELECT state FROM sync.mailbox") == "disabled");
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 121);
    const int left = carrying_ours();
    CHECK(left < 122);
    CHECK(left > 0);
    stage.sim("clear_faults");

    SECTION("the same command does the rest")
    {
        CHECK(stage.crmsync({"mailbox", "remove", ann, "--clear-categories"}).code == 0);
        CHECK(carrying_ours() == 0);
        CHECK(stage.number("SELECT count(*) FROM sync.mailbox") == 0);
    }
    SECTION("enabled again instead, what was taken off is no untrack")
    {
        CHECK(stage.crmsync({"mailbox", "enable", ann}).code == 0);
        auto daemon = stage.serve();
        stage.deliver(ann, mail("later", {"CRM Track"}));
        stage.wait_for("the later one",
                       [&] { return stage.categories(ann, "later") == "CRM Tracked"; });
        CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 122);
        CHECK(stage.number("SELECT count(*) FROM sync.pin") == 0);
        CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
    }
}

TEST_CASE_METHOD(Followed, "a mailbox is removed without its provider, and keeps its categories")
{
    stage.config.provider_url = "http://127.0.0.1:1";
    const Outcome cleared = stage.crmsync({"mailbox", "remove", ann, "--clear-categories"});
    CHECK(cleared.code == 1);
    CHECK(is_one_line(cleared.err));
    CHECK(stage.number("SELECT count(*) FROM sync.mailbox") == 1);
    const Outcome removed = stage.crmsync({"mailbox", "remove", ann});
    CHECK(removed.code == 0);
    CHECK_THAT(removed.out, Catch::Contains("the mark of this installation stays in it: "));
    CHECK(carrying_ours() == 122);

    // Added again, all are linked again, to the same activities.
    stage.config.provider_url.clear();
    stage.crmsync({"mailbox", "add", ann, "--provider", "contoso"});
    stage.crmsync({"mailbox", "enable", ann});
    auto daemon = stage.serve();
    stage.wait_for("the links",
                   [&] { return stage.number("SELECT count(*) FROM sync.link") == 121; });
    CHECK(stage.text("SELECT string_agg(id::text, ',' ORDER BY id) FROM crm.activity") ==
          activities);
}
