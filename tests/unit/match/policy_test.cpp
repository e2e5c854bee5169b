#include "match/effective.hpp"
#include "match/policy.hpp"
#include "match/public_mail.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using match::effective_mode;
using match::make_policy;

TEST_CASE("the mode is the mailbox's own, else the default, and never above the ceiling")
{
    const auto mode = [](std::optional<Mode> own, const char* standard, const char* ceiling) {
        Settings settings;
        settings.tracking.default_mode = standard;
        settings.tracking.ceiling_mode = ceiling;
        return std::string(to_string(effective_mode(own, settings)));
    };
    CHECK(mode({}, "manual", "all") == "manual");
    CHECK(mode({}, "contacts", "all") == "contacts");
    CHECK(mode({}, "all", "replies") == "replies");
    CHECK(mode(Mode::manual, "contacts", "all") == "manual");
    CHECK(mode(Mode::all, "manual", "records") == "records");
    CHECK(mode(Mode::all, "manual", "manual") == "manual");
    CHECK(mode(Mode::all, "manual", "no such mode") == "manual");
}

TEST_CASE("settings arrive in the policy in the form they are compared in")
{
    Settings settings = contoso();
    settings.tracking.own_domains = {"Contoso.Example", "two.example", "not a domain"};
    settings.tracking.regarding_prefix = "Zum Vorgang: ";
    settings.privacy.internal_only = "track";
    settings.sync.history_days = 7;
    const auto policy = make_policy(settings);
    CHECK(policy.own_domains == std::set<Domain>{{"contoso.example"}, {"two.example"}});
    CHECK(policy.label_of("zum vorgang:X") == std::optional<std::string>("x"));
    CHECK_FALSE(policy.internal_only);
    CHECK(policy.history == std::chrono::days(7));
    CHECK(policy.name(StateCategory::review) == "CRM Review");
}

TEST_CASE("a state category is never a label, even where the prefix fits")
{
    Settings settings;
    settings.tracking.regarding_prefix = "CRM";
    const auto policy = make_policy(settings);
    CHECK_FALSE(policy.label_of("CRM Track"));
    CHECK(policy.label_of("CRM Renewal") == std::optional<std::string>("renewal"));
}

TEST_CASE("an empty prefix makes no category a label")
{
    Settings settings;
    settings.tracking.regarding_prefix = "";
    CHECK_FALSE(make_policy(settings).label_of("Blue"));
}

TEST_CASE("well-known free mail providers never stand for a company")
{
    for (const char* domain : {"126.com", "gmail.com", "gmx.net", "outlook.com", "t-online.de",
                               "yahoo.co.jp", "web.de", "qq.com", "icloud.com", "zoho.com"}) {
        INFO(domain);
        CHECK(match::is_public_mail({domain}));
    }
    CHECK_FALSE(match::is_public_mail({"adventure.example"}));
    CHECK_FALSE(match::is_public_mail({"mail.gmail.com"}));
    CHECK_FALSE(match::is_public_mail({""}));
}

TEST_CASE("other names of ours mean what they mean, and are written as the present ones")
{
    Settings settings = contoso();
    settings.tracking.tracked_category = "Filed";
    settings.tracking.regarding_prefix = "About:";
    const auto policy = make_policy(settings, {{"CRM Tracked", StateCategory::tracked},
                                               {"Filed", StateCategory::failed},
                                               {"CRM:", StateCategory::none},
                                               {"", StateCategory::review}});
    CHECK(policy.state_of("crm tracked") == StateCategory::tracked);
    CHECK(policy.state_of("FILED") == StateCategory::tracked); // the present meaning goes first
    CHECK(policy.state_of("") == StateCategory::none);
    CHECK(policy.label_of("crm: Adventure Works") == "adventure works");
    CHECK(policy.label_of("About:Adventure Works") == "adventure works");
    CHECK_FALSE(policy.label_of("CRM:"));
    CHECK(policy.same_label("CRM: Adventure", "about: adventure"));
    CHECK_FALSE(policy.same_label("CRM: Adventure", "CRM: Renewal"));
    CHECK_FALSE(policy.same_label("Red", "Red"));
    CHECK(policy.present_name("crm tracked") == "Filed");
    CHECK(policy.present_name("filed") == "filed");
    CHECK(policy.present_name("CRM: \u00c4rger GmbH") == "About: \u00c4rger GmbH");
    CHECK(policy.present_name("about: X") == "about: X");
    CHECK(policy.present_name("Red") == "Red");
}
