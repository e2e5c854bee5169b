#include "e2e/processes/command_lines.hpp"
#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <fstream>

using namespace crmsync::test;

TEST_CASE("a mailbox goes through its life by commands")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    stage.sim("create_mailbox", {{"upn", ann}});
    const Outcome added = stage.crmsync(
        {"mailbox", "add", "Ann@Contoso.example", "--provider", "contoso", "--mode", "replies"});
    CHECK(added.code == 0);
    CHECK_THAT(added.out, Catch::Contains("made the user " + ann));
    const Outcome twice = stage.crmsync({"mailbox", "add", ann, "--provider", "contoso"});
    CHECK(twice.code == 1);
    CHECK_THAT(twice.err, Catch::Contains("is there already"));
    const Outcome early = stage.crmsync({"mailbox", "sync", ann});
    CHECK(early.code == 1);
    CHECK_THAT(early.err, Catch::Contains("mailbox enable"));

    CHECK(stage.crmsync({"mailbox", "enable", ann}).code == 0);
    const Outcome test = stage.crmsync({"mailbox", "test", ann});
    CAPTURE(test.out, test.err);
    CHECK(test.code == 0);
    CHECK_THAT(test.out, Catch::Contains("ok      token") &&
                             Catch::Contains("ok      mark: of this installation"));
    CHECK(test.out.find("failed") == std::string::npos);
    const Outcome check = stage.crmsync({"check"});
    CAPTURE(check.out);
    CHECK(check.code == 0);
    CHECK_THAT(check.out, Catch::Contains("ok      provider contoso, write"));

    const json::value shown = json::parse(stage.crmsync({"mailbox", "show", ann, "--json"}).out);
    CHECK(shown.at("state").as_string() == "enabled");
    CHECK(shown.at("mode").as_string() == "replies");
    CHECK(shown.at("mode_layer").as_string() == "mailbox");
    CHECK(shown.at("settings").at("mode").at("value").as_string() == "replies");
    CHECK(shown.at("settings").at("on_untrack").at("layer").as_string() == "built in");
    const json::value list = json::parse(stage.crmsync({"mailbox", "list", "--json"}).out);
    CHECK(list.as_array().size() == 1);
    CHECK(list.at(0).at("address").as_string() == ann.c_str());
    CHECK_THAT(stage.crmsync({"mailbox", "list"}).out, Catch::Contains(ann));

    CHECK(stage.crmsync({"mailbox", "sync", ann}).code == 0);
    CHECK(stage.crmsync({"mailbox", "resync", ann}).code == 0);
    CHECK(stage.crmsync({"mailbox", "disable", ann}).code == 0);
    CHECK(stage.text("SELECT state FROM sync.mailbox") == "disabled");
    CHECK(stage.crmsync({"mailbox", "remove", ann}).code == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.mailbox") == 0);
}

TEST_CASE("how far a first load is can be read by command while it runs")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    stage.mailbox(ann);
    const auto first_load = [&] {
        return json::parse(stage.crmsync({"mailbox", "show", ann, "--json"}).out).at("first_load");
    };
    CHECK(first_load().at("state") == "not_begun");
    CHECK_THAT(stage.crmsync({"mailbox", "show", ann}).out,
               Catch::Matches("[^]*first load +not begun\n[^]*"));

    stage.sim("seed", {{"mailboxes", {ann}}, {"count", 1'200}, {"body_size", 10}});
    stage.sim("fail", {{"kind", "hold"}, {"path", "/messages/delta?$skiptoken"}});
    const auto daemon = stage.serve();
    stage.wait_for("its second page",
                   [&] { return stage.sim("held").at("held").to_number<int>() > 0; });
    const json::value running = first_load();
    CHECK(running.at("state") == "running");
    CHECK(running.at("began_at").is_string());
    CHECK(running.at("ended_at").is_null());
    CHECK(running.at("messages_read") == 500);
    CHECK(running.at("messages_total") == 1'200);
    CHECK(running.at("percent") == 41);
    CHECK(running.at("folders_done").to_number<int>() < running.at("folders").to_number<int>());
    CHECK(running.at("tagged_found") == 0);
    CHECK_THAT(stage.crmsync({"mailbox", "show", ann}).out,
               Catch::Matches("[^]*first load +running since [-0-9T:Z]+: [0-9]+ of [0-9]+ folders, "
                              "500 of about 1200 messages \\(41 %\\); 0 tagged found, "
                              "0 answered\n[^]*"));

    stage.sim("clear_faults");
    stage.sim("release");
    stage.wait_for("the whole load", [&] { return first_load().at("state") == "done"; });
    CHECK(first_load().at("messages_read") == 1'200);
    CHECK(first_load().at("percent") == 100);
    CHECK_THAT(stage.crmsync({"mailbox", "show", ann}).out,
               Catch::Matches("[^]*first load +done at [-0-9T:.Z]+\n[^]*"));
}

TEST_CASE("who wakes a mailbox hears of the pause its provider asked for, and until when")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    stage.mailbox(ann);
    CHECK(stage.crmsync({"mailbox", "sync", ann}).out == "woken " + ann + "\n");
    stage.sim("throttle", {{"count", 1'000}, {"retry_after", "600"}});
    const auto daemon = stage.serve();
    stage.wait_for("the mailbox waits", [&] {
        return stage.number("SELECT count(*) FROM sync.mailbox WHERE last_failure LIKE "
                            "'graph.throttled: %'") == 1;
    });

    const Outcome sync = stage.crmsync({"mailbox", "sync", ann});
    CHECK(sync.code == 0);
    const std::string until = stage.text("SELECT to_char(next_pass_at AT TIME ZONE 'UTC', "
                                         "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM sync.mailbox");
    CHECK(sync.out ==
          "not woken " + ann + ": its provider asked for a pause; it is read at " + until + "\n");
}

TEST_CASE("one address at two providers is told apart by --provider")
{
    Stage stage;
    stage.config.more = R"([[provider]]
name = "fabrikam"
kind = "graph"
tenant_id = "fabrikam.example"
client_id = "535fb089-9ff3-47b6-9bfb-4f1264799865"
client_secret_file = "secret"
)";
    const std::string ann = "ann@contoso.example";
    REQUIRE(stage.crmsync({"mailbox", "add", ann, "--provider", "contoso"}).code == 0);
    REQUIRE(stage.crmsync({"mailbox", "add", ann, "--provider", "fabrikam"}).code == 0);
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"mailbox", "show", ann},
                                               {"mailbox", "enable", ann},
                                               {"mailbox", "test", ann},
                                               {"mailbox", "resync", ann},
                                               {"mailbox", "remove", ann},
                                               {"explain", ann, "<1@mail.example>"},
                                               {"log", "--mailbox", ann}}) {
        const std::string spelt = joined(command);
        CAPTURE(spelt);
        const Outcome outcome = stage.crmsync(command);
        CHECK(outcome.code == 1);
        CHECK(is_one_line(outcome.err));
        CHECK_THAT(outcome.err, Catch::Contains("--provider contoso or --provider fabrikam"));
    }
    for (const char* verb : {"enable", "show", "sync", "resync", "disable"}) {
        CAPTURE(verb);
        CHECK(stage.crmsync({"mailbox", verb, ann, "--provider", "fabrikam"}).code == 0);
    }
    CHECK(stage.crmsync({"log", "--mailbox", ann, "--provider", "fabrikam"}).code == 0);
    CHECK(stage.crmsync({"mailbox", "show", ann, "--provider", "nobody"}).code == 1);
    CHECK(stage.crmsync({"mailbox", "remove", ann, "--provider", "fabrikam"}).code == 0);
    CHECK(stage.text("SELECT string_agg(provider, ',') FROM sync.mailbox") == "contoso");
    CHECK(stage.crmsync({"mailbox", "show", ann}).code == 0);
}

TEST_CASE("what a mailbox is told is shown with its layer, and never goes above the ceiling")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    stage.config.tracking = "own_domains = [\"contoso.example\"]\nceiling_mode = \"contacts\"";
    REQUIRE(stage.crmsync({"mailbox", "add", ann, "--provider", "contoso"}).code == 0);
    const Outcome set = stage.crmsync({"mailbox", "set", ann, "mode", "replies"});
    CHECK(set.code == 0);
    CHECK_THAT(set.out, Catch::StartsWith("mode          replies (mailbox)\n"
                                          "show_shared   true (built in)\n"));
    CHECK_THAT(stage.crmsync({"mailbox", "show", ann}).out,
               Catch::Contains("mode          replies (mailbox)"));

    const Outcome above = stage.crmsync({"mailbox", "set", ann, "mode", "all"});
    CHECK(above.code == 2);
    CHECK(is_one_line(above.err));
    CHECK_THAT(above.err, Catch::Contains("above tracking.ceiling_mode \"contacts\""));
    CHECK(stage.text("SELECT mode FROM sync.mailbox") == "replies");

    REQUIRE(stage.crmsync({"mailbox", "set", ann, "mode", "contacts"}).code == 0);
    stage.config.tracking = "ceiling_mode = \"manual\"";
    CHECK_THAT(stage.crmsync({"mailbox", "show", ann}).out,
               Catch::Contains("mode          manual (ceiling)"));
    const json::value told =
        json::parse(stage.crmsync({"mailbox", "set", ann, "on_untrack", "keep", "--json"}).out);
    CHECK(told.at("on_untrack").at("value").as_string() == "keep");
    CHECK(told.at("show_shared").at("value").as_bool());
    CHECK(told.at("mode").at("layer").as_string() == "ceiling");
    CHECK_THAT(stage.crmsync({"mailbox", "set", ann, "on_untrack", "default"}).out,
               Catch::Contains("on_untrack    delete (built in)"));
}

TEST_CASE("a shared mailbox belongs to its team, however that is named")
{
    Stage stage;
    std::ofstream(stage.folder() / "teams.csv")
        << "external_id,name,email\nT1,Sales,sales@contoso.example\nT2,Service,\nT3,Service,\n";
    REQUIRE(stage
                .crmsync(
                    {"record", "import", "--type", "team", (stage.folder() / "teams.csv").string()})
                .code == 0);
    const auto add = [&](const std::string& address, const std::string& team) {
        return stage.crmsync({"mailbox", "add", address, "--provider", "contoso", "--kind",
                              "shared", "--team", team});
    };
    CHECK(add("a@contoso.example", "T1").code == 0);
    CHECK(add("b@contoso.example", "sales").code == 0);
    CHECK(add("c@contoso.example", "Sales@contoso.example").code == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.mailbox AS m JOIN crm.record AS r ON r.id = "
                       "m.owner_id WHERE m.kind = 'shared' AND r.external_id = 'T1'") == 3);
    CHECK(stage.number("SELECT count(*) FROM crm.record WHERE type = 'user'") == 0);
    const Outcome two = add("d@contoso.example", "Service");
    CHECK(two.code == 1);
    CHECK(is_one_line(two.err));
    CHECK_THAT(two.err, Catch::Contains("T2 or T3"));
    CHECK_THAT(stage.crmsync({"mailbox", "show", "a@contoso.example"}).out,
               Catch::Contains("on_untrack    keep (built in)"));
}

TEST_CASE("enabling leaves a mark, and respects another installation's until told to take over")
{
    Stage ours;
    const std::string ann = "ann@contoso.example";
    ours.mailbox(ann);
    CHECK(ours.crmsync({"mailbox", "enable", ann}).code == 0); // our own mark is no obstacle

    Stage theirs;
    theirs.execute("UPDATE sync.installation SET id = gen_random_uuid()"); // tests copy a database
    theirs.config.provider_url = "http://127.0.0.1:" + std::to_string(ours.sim_port());
    REQUIRE(theirs.crmsync({"mailbox", "add", ann, "--provider", "contoso"}).code == 0);
    const Outcome refused = theirs.crmsync({"mailbox", "enable", ann});
    CAPTURE(refused.out, refused.err);
    CHECK(refused.code == 1);
    CHECK(is_one_line(refused.err));
    CHECK_THAT(refused.err, Catch::Contains("mailbox enable ann@contoso.example --take-over"));
    CHECK(theirs.text("SELECT state FROM sync.mailbox") == "added");

    const Outcome taken = theirs.crmsync({"mailbox", "enable", ann, "--take-over"});
    CHECK(taken.code == 0);
    CHECK(theirs.text("SELECT state FROM sync.mailbox") == "enabled");
    CHECK(theirs.text("SELECT detail ->> 'from' FROM sync.event WHERE name = "
                      "'mailbox_taken_over'") ==
          ours.text("SELECT id::text FROM sync.installation"));
    CHECK(ours.crmsync({"mailbox", "enable", ann}).code == 1);
    const Outcome test = ours.crmsync({"mailbox", "test", ann});
    CHECK(test.code == 1);
    CHECK_THAT(test.out, Catch::Contains("failed  mark: ") && Catch::Contains("--take-over"));
    // Removed there, it is free.
    CHECK(theirs.crmsync({"mailbox", "remove", ann}).code == 0);
    CHECK(ours.crmsync({"mailbox", "enable", ann}).code == 0);
}

TEST_CASE("a provider that cannot be asked, or keeps no marks, does not stop enabling")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    REQUIRE(stage.crmsync({"mailbox", "add", ann, "--provider", "contoso"}).code == 0);
    SECTION("no such mailbox") {}
    SECTION("no properties of folders")
    {
        stage.sim("create_mailbox", {{"upn", ann}});
        stage.sim("switches", {{"no_folder_properties", true}});
    }
    SECTION("nobody there") { stage.config.provider_url = "http://127.0.0.1:1"; }
    const Outcome enabled = stage.crmsync({"mailbox", "enable", ann});
    CAPTURE(enabled.out, enabled.err);
    CHECK(enabled.code == 0);
    CHECK_THAT(enabled.out, Catch::StartsWith("enabled " + ann + "\n") &&
                                Catch::Contains("without the mark of this installation"));
    CHECK(stage.text("SELECT state FROM sync.mailbox") == "enabled");
}
