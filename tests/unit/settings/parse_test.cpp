#include "unit/settings/folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace crmsync;

namespace {

struct Row {
    std::string toml;
    std::string complaint; ///< all of it
};

} // namespace

TEST_CASE("an empty file is a configuration of defaults")
{
    const test::Folder folder;
    const Settings settings = folder.load("");
    CHECK(settings.database.url == "postgresql:///crmsync");
    CHECK(settings.sync.poll_interval == std::chrono::seconds(60));
    CHECK(settings.providers.empty());
}

TEST_CASE("every key of the file arrives in its member")
{
    const test::Folder folder;
    folder.write("s", "secret");
    const Settings settings = folder.load(R"(
[database]
url = "host=/run/pg dbname=crm"
[http]
listen = "[::1]:0"
[sync]
poll_interval = "15m"
history_days = 0
[tracking]
track_category = "Ablegen"
tracked_category = "Abgelegt"
review_category = "Prüfen"
refused_category = "Abgelehnt"
failed_category = "Fehler"
stop_category = "Halt"
regarding_prefix = "Zu:"
default_mode = "replies"
ceiling_mode = "contacts"
sent_items = false
show_shared = false
on_untrack = "keep"
on_untrack_shared = "delete"
untrack_grace_days = 7
own_domains = ["Contoso.Example", "fabrikam.example"]
[privacy]
internal_only = "track"
decision_days = 10
never_folders = ["archive", "Inbox/Private"]
[attachments]
max_bytes = 0
max_body_bytes = 100
allowed_types = ["PDF", "tar.gz"]
blocked_types = []
[[provider]]
name = "a"
kind = "graph"
tenant_id = "contoso.onmicrosoft.com"
client_id = "11111111-2222-3333-4444-555555555555"
client_secret_file = "s"
cloud = "china"
authority_url = "http://127.0.0.1:9000/"
graph_url = "http://localhost:9001"
)");
    CHECK(settings.database.url == "host=/run/pg dbname=crm");
    CHECK(settings.http.listen == "[::1]:0");
    CHECK(settings.sync.poll_interval == std::chrono::minutes(15));
    CHECK(settings.sync.history_days == 0);
    CHECK(settings.tracking.track_category == "Ablegen");
    CHECK(settings.tracking.tracked_category == "Abgelegt");
    CHECK(settings.tracking.review_category == "Prüfen");
    CHECK(settings.tracking.refused_category == "Abgelehnt");
    CHECK(settings.tracking.failed_category == "Fehler");
    CHECK(settings.tracking.stop_category == "Halt");
    CHECK(settings.tracking.regarding_prefix == "Zu:");
    CHECK(settings.tracking.default_mode == "replies");
    CHECK(settings.tracking.ceiling_mode == "contacts");
    CHECK_FALSE(settings.tracking.sent_items);
    CHECK_FALSE(settings.tracking.show_shared);
    CHECK(settings.tracking.on_untrack == "keep");
    CHECK(settings.tracking.on_untrack_shared == "delete");
    CHECK(settings.given.contains("tracking.on_untrack_shared"));
    CHECK_FALSE(settings.given.contains("sync.nothing"));
    CHECK(settings.tracking.untrack_grace_days == 7);
    CHECK(settings.tracking.own_domains ==
          std::vector<std::string>{"contoso.example", "fabrikam.example"});
    CHECK(settings.privacy.internal_only == "track");
    CHECK(settings.privacy.decision_days == 10);
    CHECK(settings.privacy.never_folders == std::vector<std::string>{"archive", "Inbox/Private"});
    CHECK(settings.attachments.max_bytes == 0);
    CHECK(settings.attachments.max_body_bytes == 100);
    CHECK(settings.attachments.allowed_types == std::vector<std::string>{"pdf", "tar.gz"});
    CHECK(settings.attachments.blocked_types.empty());
    REQUIRE(settings.providers.size() == 1);
    const Settings::Provider& provider = settings.providers[0];
    CHECK(provider.name == "a");
    CHECK(provider.tenant_id == "contoso.onmicrosoft.com");
    CHECK(provider.client_id == "11111111-2222-3333-4444-555555555555");
    CHECK(provider.client_secret_file == folder.path("s"));
    CHECK(provider.cloud == "china");
    CHECK(provider.effective_authority_url() == "http://127.0.0.1:9000");
    CHECK(provider.effective_graph_url() == "http://localhost:9001");
}

TEST_CASE("a mistake in the file is named with line, key and what would be right")
{
    const test::Folder folder;
    const Row row = GENERATE(values<Row>({
        {"[sync]\npoll_intervall = \"60s\"",
         "crmsync.toml:2: sync.poll_intervall: unknown key, did you mean poll_interval?"},
        {"[Sync]\nhistory_days = 3", "crmsync.toml:1: Sync: unknown key, did you mean sync?"},
        {"[tracking]\npoll_interval = \"60s\"",
         "crmsync.toml:2: tracking.poll_interval: unknown key, it belongs in [sync]"},
        {"history_days = 5", "crmsync.toml:1: history_days: unknown key, it belongs in [sync]"},
        {"[http]\npublic_url = \"https://crm.example\"",
         "crmsync.toml:2: http.public_url: unknown key, known here: listen"},
        {"[sync]\n\nhistory_days = \"30\"",
         "crmsync.toml:3: sync.history_days: expected a whole number, found a text in quotes"},
        {"[sync]\nhistory_days = 30.5",
         "crmsync.toml:2: sync.history_days: expected a whole number, found a number with a "
         "fraction"},
        {"[sync]\npoll_interval = 60",
         "crmsync.toml:2: sync.poll_interval: expected a time span in quotes such as \"60s\", "
         "\"15m\" or \"2h\", found a whole number"},
        {"[sync]\npoll_interval = \"1 minute\"",
         "crmsync.toml:2: sync.poll_interval: expected a time span such as \"60s\", \"15m\", "
         "\"2h\" or \"30d\", found \"1 minute\""},
        {"[tracking]\nsent_items = 1",
         "crmsync.toml:2: tracking.sent_items: expected true or false, found a whole number"},
        {"[tracking]\nown_domains = \"contoso.example\"",
         "crmsync.toml:2: tracking.own_domains: expected a list of texts such as [\"a\", \"b\"], "
         "found a text in quotes"},
        {"[attachments]\nblocked_types = [\"exe\", 3]",
         "crmsync.toml:2: attachments.blocked_types: expected a list of nothing but texts in "
         "quotes, found a whole number"},
        {"sync = 3", "crmsync.toml:1: sync: expected the section [sync], found a whole number"},
        {"sync = [1]", "crmsync.toml:1: sync: expected the section [sync], found a list"},
        {"[[sync]]\nhistory_days = 3",
         "crmsync.toml:1: sync: expected the section [sync], found [[sync]]"},
        {"[provider]\nname = \"a\"",
         "crmsync.toml:1: provider: write [[provider]] with two brackets before each one's keys"},
        {"[sync]\nhistory_days = 99999999999",
         "crmsync.toml:2: sync.history_days: expected a smaller number"},
    }));
    CAPTURE(row.toml);
    CHECK(folder.complaint(row.toml) == row.complaint);
}

TEST_CASE("all mistakes of a file come at once, in order of lines")
{
    const test::Folder folder;
    CHECK(folder.complaint("[privacy]\n"
                           "decision_days = 0\n"
                           "[sync]\n"
                           "history = 3\n"
                           "poll_interval = 3\n") ==
          "crmsync.toml:2: privacy.decision_days: expected a number from 1 to 3650, found 0; "
          "crmsync.toml:4: sync.history: unknown key, did you mean history_days?; "
          "crmsync.toml:5: sync.poll_interval: expected a time span in quotes such as \"60s\", "
          "\"15m\" or \"2h\", found a whole number");
}

TEST_CASE("what is no TOML is one mistake with its line")
{
    const test::Folder folder;
    const std::string broken = GENERATE("[sync]\nhistory_days = ", "[sync]\nx = \"a",
                                        "[sync]\nhistory_days = 1\nhistory_days = 2",
                                        "[sync]\n\xFF\xFE = 3", "[sync]\n\"a\nb\" = 1");
    const std::string complaint = folder.complaint(broken);
    CAPTURE(complaint);
    CHECK(complaint.find(": not valid TOML: ") != std::string::npos);
    CHECK(complaint.find('\n') == std::string::npos);
    CHECK(complaint.starts_with("crmsync.toml:"));
}

TEST_CASE("a key that stands twice is named")
{
    const test::Folder folder;
    CHECK(folder.complaint("[sync]\nhistory_days = 1\nhistory_days = 2").find("'history_days'") !=
          std::string::npos);
}

TEST_CASE("a key with a line feed stays on one line of the complaint")
{
    const test::Folder folder;
    const std::string complaint = folder.complaint("[sync]\n\"a\\nb\" = 3");
    CHECK(complaint.starts_with("crmsync.toml:2: sync.a b: unknown key"));
}

TEST_CASE("a file that cannot be read is a mistake that names it")
{
    const test::Folder folder;
    CHECK_THROWS_WITH(load_settings(folder.path("none.toml")),
                      folder.path("none.toml") +
                          ": the configuration cannot be read: No such file or directory, name "
                          "another file with --config or CRMSYNC_CONFIG");
    CHECK_THROWS_AS(load_settings(folder.path("")), UsageError);
    CHECK_THROWS_AS(load_settings("/dev/zero"), UsageError);
}

TEST_CASE("where the configuration is: option, environment, fixed place")
{
    CHECK(settings_path(std::nullopt) == "/etc/crmsync/crmsync.toml");
    CHECK(settings_path("a.toml") == "a.toml");
    {
        const test::Variable variable("CRMSYNC_CONFIG", "b.toml");
        CHECK(settings_path(std::nullopt) == "b.toml");
        CHECK(settings_path("a.toml") == "a.toml");
    }
    const test::Variable variable("CRMSYNC_CONFIG", "");
    CHECK(settings_path(std::nullopt) == "/etc/crmsync/crmsync.toml");
}

TEST_CASE("names by language arrive, whatever case the language is written in")
{
    const test::Folder folder;
    const Settings settings =
        folder.load("[tracking.names.de-AT]\ntracked_category = \"Abgelegt\"");
    REQUIRE(settings.tracking.names.contains("de-at"));
    const Settings::Tracking translated = settings.tracking.in_language("de-at");
    CHECK(translated.tracked_category == "Abgelegt");
    CHECK(translated.track_category == "CRM Track");
    CHECK(settings.tracking.in_language("fr").tracked_category == "CRM Tracked");
}
